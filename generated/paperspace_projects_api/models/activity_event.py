from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ActivityEvent")


@_attrs_define
class ActivityEvent:
    id: str | Unset = UNSET
    type_: str | Unset = UNSET
    message: str | Unset = UNSET
    user_id: str | Unset = UNSET
    dt_created: datetime.datetime | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        type_ = self.type_

        message = self.message

        user_id = self.user_id

        dt_created: str | Unset = UNSET
        if not isinstance(self.dt_created, Unset):
            dt_created = self.dt_created.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if id is not UNSET:
            field_dict["id"] = id
        if type_ is not UNSET:
            field_dict["type"] = type_
        if message is not UNSET:
            field_dict["message"] = message
        if user_id is not UNSET:
            field_dict["userId"] = user_id
        if dt_created is not UNSET:
            field_dict["dtCreated"] = dt_created

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        id = d.pop("id", UNSET)

        type_ = d.pop("type", UNSET)

        message = d.pop("message", UNSET)

        user_id = d.pop("userId", UNSET)

        _dt_created = d.pop("dtCreated", UNSET)
        dt_created: datetime.datetime | Unset
        if isinstance(_dt_created, Unset):
            dt_created = UNSET
        else:
            dt_created = datetime.datetime.fromisoformat(_dt_created)

        activity_event = cls(
            id=id,
            type_=type_,
            message=message,
            user_id=user_id,
            dt_created=dt_created,
        )

        activity_event.additional_properties = d
        return activity_event

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
