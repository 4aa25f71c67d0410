"""How an API wants to know who calls."""

from collections.abc import Mapping
from typing import Any

from accord.connectors.openapi.document import Api

__all__ = ["login_in"]


def login_in(api: Api, name: str, unknown: list[str]) -> dict[str, Any] | None:
    """`auth` of a manifest: the first of the document's ways that a program can go; None: it names none."""
    schemes = (api.root.get("components") or {}).get("securitySchemes") or {}
    wanted = [scheme for each in api.root.get("security") or [] if isinstance(each, dict) for scheme in each]
    order = [*wanted, *(scheme for scheme in schemes if scheme not in wanted)]
    scopes = {
        scheme: told
        for each in api.root.get("security") or []
        if isinstance(each, dict)
        for scheme, told in each.items()
    }
    for each in order:
        found = _auth(api.resolve(schemes.get(each)), name.upper(), scopes.get(each) or [])
        if found is not None:
            return found
    unknown.append("how to log in: add auth (kind basic, bearer, api_key, oauth2_client_credentials …)")
    return None


def _auth(scheme: Mapping[str, Any], name: str, scopes: list[str]) -> dict[str, Any] | None:
    kind, how = scheme.get("type"), str(scheme.get("scheme") or "").lower()
    if kind == "http" and how == "basic":
        return {"kind": "basic", "user": f"env:{name}_USER", "password": f"env:{name}_PASSWORD"}
    if kind == "http" and how == "bearer":
        return {"kind": "bearer", "token": f"env:{name}_TOKEN"}
    if kind == "apiKey" and scheme.get("in") in ("header", "query"):
        place = {"place": "query"} if scheme["in"] == "query" else {}
        return {"kind": "api_key", "key": f"env:{name}_KEY", **place, "name": str(scheme.get("name"))}
    flows = scheme.get("flows") or {} if kind == "oauth2" else {}
    client = {"client_id": f"env:{name}_CLIENT_ID", "client_secret": f"env:{name}_CLIENT_SECRET"}
    if (flow := flows.get("clientCredentials")) and "://" in str(flow.get("tokenUrl")):
        asked = scopes or list(flow.get("scopes") or {})
        return {
            "kind": "oauth2_client_credentials",
            "token_url": flow["tokenUrl"],
            **client,
            **_scopes(asked),
        }
    if (flow := flows.get("authorizationCode")) and "://" in str(flow.get("tokenUrl")):
        asked = scopes or list(flow.get("scopes") or {})
        urls = {"authorize_url": flow.get("authorizationUrl"), "token_url": flow["tokenUrl"]}
        return {"kind": "oauth2_code", **urls, **client, **_scopes(asked)}
    return None


def _scopes(asked: list[str]) -> dict[str, Any]:
    return {"scopes": asked} if asked else {}
