"""The document that the vendor would publish if it described what its server sends today.

Made of openapi.yaml: answers of 200 with bodies, pages in place of arrays, things within things,
fields that may be null, and errors with bodies.
"""

from __future__ import annotations

from typing import Any

import yaml

STRING: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "integer"}
FLAG: dict[str, Any] = {"type": "boolean"}
TIME: dict[str, Any] = {"type": "string", "format": "date-time"}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "nullable": True}


def _thing(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _page(item: dict[str, Any]) -> dict[str, Any]:
    items = {"type": "array", "items": item}
    return {
        **_thing(hasMore=FLAG, items=items, nextPage=_or_null(STRING)),
        "required": ["hasMore", "items"],
    }


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


SCHEMAS: dict[str, dict[str, Any]] = {
    "Project": {
        **_thing(
            id=STRING,
            name=STRING,
            dtCreated=TIME,
            dtDeleted=_or_null(TIME),
            repoName=_or_null(STRING),
            repoNodeId=_or_null(STRING),
            repoUrl=_or_null(STRING),
        ),
        "required": ["id", "name", "dtCreated", "dtDeleted", "repoName", "repoNodeId", "repoUrl"],
    },
    "ProjectList": _page(_ref("Project")),
    "Collaborator": _thing(
        dtCreated=TIME,
        dtDeleted=_or_null(TIME),
        user=_thing(
            id=STRING,
            email=STRING,
            firstName=_or_null(STRING),
            lastName=_or_null(STRING),
            publicProfileImageUrl=_or_null(STRING),
        ),
    ),
    "Tag": _thing(id=NUMBER, name=STRING, dtCreated=TIME),
    "ActivityEvent": _thing(
        id=STRING,
        dtCreated=TIME,
        action={"type": "string", "enum": ["deployment.created", "deployment.scaled"]},
        actor=_or_null(
            _thing(email=_or_null(STRING), fullName=_or_null(STRING), avatarUrl=_or_null(STRING))
        ),
        data=_or_null(_thing(**{"from": NUMBER, "to": NUMBER})),
        deployment=_or_null(_thing(id=STRING, name=STRING, dtDeleted=_or_null(TIME))),
    ),
    "Secret": _thing(
        name={**STRING, "pattern": "^[a-zA-Z][a-zA-Z0-9_]*$"},
        dtCreated=TIME,
        dtModified=TIME,
        hasDeploymentAttached=FLAG,
    ),
    "Model": _thing(
        id=STRING,
        name=STRING,
        description=_or_null(STRING),
        dtCreated=TIME,
        dtModified=TIME,
        isPublic=FLAG,
        projectId=STRING,
        storageProviderId=_or_null(STRING),
        teamId=_or_null(STRING),
    ),
    "Error": {
        **_thing(
            code={"type": "string", "enum": ["BAD_REQUEST", "NOT_FOUND", "TOO_MANY_REQUESTS"]},
            message=STRING,
            details={"type": "object"},
            issues={"type": "array", "items": _thing(message=STRING)},
        ),
        "required": ["code", "message"],
    },
}
PAGED = {
    "listProjectActivity": "ActivityEvent",
    "listProjectCollaborators": "Collaborator",
    "listProjectSecrets": "Secret",
    "listProjectTags": "Tag",
    "listProjectModels": "Model",
}
GIVEN_BACK = {
    "deleteProject": _ref("Project"),
    "removeProjectCollaborator": _thing(userId=STRING),
    "deleteProjectSecret": _ref("Secret"),
    "addProjectTag": _ref("Tag"),
    "removeProjectTag": _thing(name=STRING),
    "addProjectModel": _ref("Model"),
    "removeProjectModel": _ref("Model"),
}
LISTED = [{"$ref": f"#/components/parameters/{name}"} for name in ("After", "Limit", "OrderBy")]
ORDER = {"$ref": "#/components/parameters/Order"}


def live_dialect(text: str) -> str:
    """openapi.yaml as the live server would have it."""
    document = yaml.safe_load(text)
    components = document["components"]
    components["schemas"] |= SCHEMAS
    components["parameters"]["Limit"]["schema"] |= {"minimum": 1, "maximum": 120}
    components["parameters"]["OrderBy"]["schema"]["enum"] = ["dtCreated"]
    components["parameters"]["Order"]["schema"]["default"] = "desc"
    for path in document["paths"].values():
        for method, operation in path.items():
            if method != "parameters":
                _change(operation)
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def _change(operation: dict[str, Any]) -> None:
    name, responses = operation["operationId"], operation["responses"]
    for status in [each for each in responses if each != "200"]:
        responses["200"] = responses.pop(status)
    if item := PAGED.get(name):
        responses["200"] |= _answer("A page.", _page(_ref(item)))
        own = [each for each in operation.get("parameters", []) if "name" in each]
        operation["parameters"] = [*own, *LISTED, ORDER]
    if schema := GIVEN_BACK.get(name):
        responses["200"] |= _answer("The thing.", schema)
    if name == "updateProject":
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        del body["properties"]["description"]
        body["required"] = ["name"]
    for status in ("400", "401", "403", "404", "409", "429", "500"):
        responses[status] = _answer("An error.", _ref("Error"))
