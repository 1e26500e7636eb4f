from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Project")


@_attrs_define
class Project:
    id: str | Unset = UNSET
    name: str | Unset = UNSET
    description: str | Unset = UNSET
    team_id: str | Unset = UNSET
    dt_created: datetime.datetime | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        description = self.description

        team_id = self.team_id

        dt_created: str | Unset = UNSET
        if not isinstance(self.dt_created, Unset):
            dt_created = self.dt_created.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if id is not UNSET:
            field_dict["id"] = id
        if name is not UNSET:
            field_dict["name"] = name
        if description is not UNSET:
            field_dict["description"] = description
        if team_id is not UNSET:
            field_dict["teamId"] = team_id
        if dt_created is not UNSET:
            field_dict["dtCreated"] = dt_created

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = d.pop("id", UNSET)

        name = d.pop("name", UNSET)

        description = d.pop("description", UNSET)

        team_id = d.pop("teamId", UNSET)

        _dt_created = d.pop("dtCreated", UNSET)
        dt_created: datetime.datetime | Unset
        if isinstance(_dt_created, Unset):
            dt_created = UNSET
        else:
            dt_created = datetime.datetime.fromisoformat(_dt_created)

        project = cls(
            id=id,
            name=name,
            description=description,
            team_id=team_id,
            dt_created=dt_created,
        )

        project.additional_properties = d
        return project

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
