"""Doors are closed unless they say for whom they open."""

import base64
import json
import time
from pathlib import Path
from stat import S_IMODE

import httpx
import pytest
from fastapi import APIRouter
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from chassis.auth import COOKIE, UnguardedRoute, allow, doors, public
from chassis.issuer import DevelopmentIssuer
from chassis.tokens import KeyFile, KeyUrl, NotAuthenticated, TokenVerifier
from chassis.web import build_app
from contracts.words import Role, Service

ISSUER, AUDIENCE = "hotline-development", "hotline12345"


def verifier(issuer: DevelopmentIssuer) -> TokenVerifier:
    return TokenVerifier(KeyFile(issuer.jwks_file), ISSUER, AUDIENCE)


async def test_every_closed_door_refuses_no_token_and_each_wrong_role(stage):
    closed = [door for door in doors(stage.app) if door.roles]
    assert {(door.method, door.path) for door in closed} == {("POST", "/messages/{number}"), ("GET", "/orders")}
    for door in closed:
        path = door.path.replace("{number}", "1")
        assert (await stage.client.request(door.method, path, json={"text": "a"})).status_code == 401
        for role in set(Role) - door.roles:
            headers = stage.bearer(role, unit="water-group", line="119")
            answer = await stage.client.request(door.method, path, headers=headers, json={"text": "a"})
            assert answer.status_code == 403, (door, role)


async def test_the_right_role_enters_and_is_known(stage):
    answer = await stage.client.get("/orders", headers=stage.bearer(Role.UNIT_HANDLER, unit="water-group"))
    assert (answer.status_code, answer.json()) == (200, {"unit": "water-group"})


async def test_a_unit_role_without_a_unit_opens_nothing(stage):
    token = stage.issuer.issue([Role.REVIEWER, Role.UNIT_HANDLER], unit="x")
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    del claims["unit"]
    claims["roles"] = ["unit_handler"]
    key = stage.issuer._key
    forged = jwt.encode({"alg": "Ed25519", "kid": key.kid}, claims, key, algorithms=["Ed25519"])
    answer = await stage.client.get("/orders", headers={"Authorization": f"Bearer {forged}"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"iss": "another"}, "another issuer"),
        ({"aud": "another"}, "another issuer or audience"),
        ({"exp": int(time.time()) - 3600}, "expired"),
        ({"exp": None}, "lacks a claim"),
        ({"nbf": int(time.time()) + 3600}, "the token"),
        ({"sub": ""}, "the token"),
        ({"sub": 7}, "the token"),
        ({"exp": "soon"}, "the token"),
    ],
)
async def test_a_token_with_a_wrong_claim_proves_nothing(tmp_path: Path, change, why):
    issuer = DevelopmentIssuer(tmp_path)
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "a", "exp": now + 60, "roles": ["agent"]} | change
    claims = {name: value for name, value in claims.items() if value is not None}
    token = jwt.encode({"alg": "Ed25519", "kid": issuer._key.kid}, claims, issuer._key, algorithms=["Ed25519"])
    with pytest.raises(NotAuthenticated, match=why):
        await verifier(issuer).verify(token)


def unsigned(claims: dict[str, object]) -> str:
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."


async def test_a_token_signed_by_another_key_or_by_none_proves_nothing(tmp_path: Path):
    issuer = DevelopmentIssuer(tmp_path)
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "a", "exp": int(time.time()) + 60, "roles": ["agent"]}
    stranger = OKPKey.generate_key("Ed25519", {"kid": issuer._key.kid})
    public_bytes = OctKey.import_key(issuer._key.as_dict(private=False)["x"])
    forgeries = [
        jwt.encode({"alg": "Ed25519", "kid": issuer._key.kid}, claims, stranger, algorithms=["Ed25519"]),
        jwt.encode({"alg": "Ed25519", "kid": "unknown"}, claims, stranger, algorithms=["Ed25519"]),
        jwt.encode({"alg": "HS256", "kid": issuer._key.kid}, claims, public_bytes, algorithms=["HS256"]),
        unsigned(claims),
        issuer.issue(Role.AGENT)[:-4] + "AAAA",
        "a.b.c",
        "",
        "x" * 9_000,
        "电话.电话.电话",
    ]
    for forgery in forgeries:
        with pytest.raises(NotAuthenticated):
            await verifier(issuer).verify(forgery)


async def test_a_good_token_says_who_calls(tmp_path: Path):
    issuer = DevelopmentIssuer(tmp_path)
    principal = await verifier(issuer).verify(issuer.issue({Role.LINE_OPERATOR}, line="119", user="li", area="410402"))
    assert ("li", frozenset({Role.LINE_OPERATOR}), None, "119", "410402") == (
        principal.user,
        principal.roles,
        principal.unit,
        principal.line,
        principal.area,
    )


async def test_the_issuer_keeps_its_key_private_and_uses_it_again(tmp_path: Path):
    token = DevelopmentIssuer(tmp_path).issue(Role.AGENT)
    again = DevelopmentIssuer(tmp_path)
    assert (await verifier(again).verify(token)).roles == {Role.AGENT}
    assert S_IMODE((tmp_path / "issuer" / "private.json").stat().st_mode) == 0o600
    assert "d" not in json.loads(again.jwks_file.read_text())["keys"][0]


def test_the_issuer_refuses_a_unit_role_without_a_unit(tmp_path: Path):
    with pytest.raises(ValueError, match="needs a unit"):
        DevelopmentIssuer(tmp_path).issue(Role.UNIT_HEAD)


async def test_a_new_key_at_the_issuer_is_fetched_and_an_outage_is_survived(tmp_path: Path):
    issuer = DevelopmentIssuer(tmp_path)
    calls: list[int] = []

    def answer(_: httpx.Request) -> httpx.Response:
        calls.append(1)
        return httpx.Response(200 if len(calls) == 1 else 500, content=issuer.jwks_file.read_bytes())

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        keys = KeyUrl("https://idp.test/jwks", client)
        first = await keys.keys()
        keys._asked = float("-inf")
        second = await keys.keys(fresh=True)
    assert (2, first) == (len(calls), second)


def test_an_app_with_an_unguarded_route_does_not_start(stage):
    router = APIRouter()

    @router.get("/forgotten")
    async def forgotten() -> None: ...

    with pytest.raises(UnguardedRoute, match="/forgotten"):
        build_app(Service.INTAKE, [router], verifier=stage.app.state.verifier)


def test_an_app_with_a_route_both_public_and_closed_does_not_start(stage):
    router = APIRouter(dependencies=[allow(Role.AGENT)])

    @router.get("/both", dependencies=[public("a slip")])
    async def both() -> None: ...

    with pytest.raises(UnguardedRoute, match="/both"):
        build_app(Service.INTAKE, [router], verifier=stage.app.state.verifier)


def test_a_route_below_a_guarded_router_opens_to_the_roles_in_common(stage):
    inner = APIRouter(dependencies=[allow(Role.REVIEWER, Role.AGENT)])

    @inner.get("/inner", dependencies=[allow(Role.AGENT, Role.LEADER)])
    async def route() -> None: ...

    outer = APIRouter(prefix="/outer")
    outer.include_router(inner)
    app = build_app(Service.INTAKE, [outer], verifier=stage.app.state.verifier)
    assert {Role.AGENT} == next(door.roles for door in doors(app) if door.path == "/outer/inner")


async def login(stage, role: Role = Role.AGENT) -> httpx.Response:
    return await stage.client.post(
        "/login", data={"token": stage.issuer.issue(role)}, headers={"Origin": "http://hotline.test"}
    )


async def test_login_puts_the_token_into_a_cookie_that_scripts_and_other_sites_cannot_use(stage):
    answer = await login(stage)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/intake")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Path=/"))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Origin": "http://hotline.test"}, 403),
        ({"HX-Request": "true"}, 403),
        ({"HX-Request": "true", "Origin": "http://evil.test"}, 403),
        ({"HX-Request": "true", "Origin": "null"}, 403),
        ({"HX-Request": "true", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"HX-Request": "true", "Origin": "http://hotline.test"}, 200),
        ({"X-Requested-With": "page", "Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
async def test_a_cookie_writes_only_from_our_own_page(stage, headers, status):
    await login(stage)
    answer = await stage.client.post("/messages/1", json={"text": "a"}, headers=headers)
    assert status == answer.status_code


async def test_login_from_another_site_or_with_a_bad_token_sets_no_cookie(stage):
    token = stage.issuer.issue(Role.AGENT)
    foreign = await stage.client.post("/login", data={"token": token}, headers={"Origin": "http://evil.test"})
    bad = await stage.client.post("/login", data={"token": token[:-6]}, headers={"Origin": "http://hotline.test"})
    assert (foreign.status_code, bad.status_code) == (403, 401)
    assert "set-cookie" not in {*foreign.headers, *bad.headers}
    assert token[:-6] not in bad.text


async def test_logout_drops_the_cookie(stage):
    await login(stage)
    await stage.client.post("/logout", headers={"Origin": "http://hotline.test"})
    assert COOKIE not in stage.client.cookies


async def test_a_person_who_is_not_logged_in_is_led_to_the_login_page(stage):
    answer = await stage.client.get("/orders", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


async def test_a_part_of_a_page_leads_to_the_login_page_too(stage):
    answer = await stage.client.get("/orders", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/login")
