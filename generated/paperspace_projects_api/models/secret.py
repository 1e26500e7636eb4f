from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Secret")


@_attrs_define
class Secret:
    name: str | Unset = UNSET
    dt_created: datetime.datetime | Unset = UNSET
    dt_modified: datetime.datetime | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        dt_created: str | Unset = UNSET
        if not isinstance(self.dt_created, Unset):
            dt_created = self.dt_created.isoformat()

        dt_modified: str | Unset = UNSET
        if not isinstance(self.dt_modified, Unset):
            dt_modified = self.dt_modified.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if name is not UNSET:
            field_dict["name"] = name
        if dt_created is not UNSET:
            field_dict["dtCreated"] = dt_created
        if dt_modified is not UNSET:
            field_dict["dtModified"] = dt_modified

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        name = d.pop("name", UNSET)

        _dt_created = d.pop("dtCreated", UNSET)
        dt_created: datetime.datetime | Unset
        if isinstance(_dt_created, Unset):
            dt_created = UNSET
        else:
            dt_created = datetime.datetime.fromisoformat(_dt_created)

        _dt_modified = d.pop("dtModified", UNSET)
        dt_modified: datetime.datetime | Unset
        if isinstance(_dt_modified, Unset):
            dt_modified = UNSET
        else:
            dt_modified = datetime.datetime.fromisoformat(_dt_modified)

        secret = cls(
            name=name,
            dt_created=dt_created,
            dt_modified=dt_modified,
        )

        secret.additional_properties = d
        return secret

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
