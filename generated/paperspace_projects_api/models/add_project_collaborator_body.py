from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.add_project_collaborator_body_role import (
    AddProjectCollaboratorBodyRole,
    check_add_project_collaborator_body_role,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="AddProjectCollaboratorBody")


@_attrs_define
class AddProjectCollaboratorBody:
    user_id: str
    role: AddProjectCollaboratorBodyRole | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        user_id = self.user_id

        role: str | Unset = UNSET
        if not isinstance(self.role, Unset):
            role = self.role

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "userId": user_id,
            }
        )
        if role is not UNSET:
            field_dict["role"] = role

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        user_id = d.pop("userId")

        _role = d.pop("role", UNSET)
        role: AddProjectCollaboratorBodyRole | Unset
        if isinstance(_role, Unset):
            role = UNSET
        else:
            role = check_add_project_collaborator_body_role(_role)

        add_project_collaborator_body = cls(
            user_id=user_id,
            role=role,
        )

        add_project_collaborator_body.additional_properties = d
        return add_project_collaborator_body

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
