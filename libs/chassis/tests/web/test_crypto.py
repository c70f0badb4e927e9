"""One key per caller; who destroys it destroys the identity."""

import json
from pathlib import Path
from stat import S_IMODE

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.crypto import CannotOpen, IdentityDestroyed, MasterKey, new_line_key, public_part, seal, unseal


@pytest.fixture
def master(tmp_path: Path) -> MasterKey:
    return MasterKey.load_or_create(tmp_path / "keys" / "master.json")


def test_a_field_opens_with_its_callers_key_again(master: MasterKey, tmp_path: Path):
    key, wrapped = master.new_data_key("caller-1")
    sealed = key.encrypt("13812345678", "caller-1/phone")
    again = MasterKey.load_or_create(tmp_path / "keys" / "master.json")
    assert again.unwrap(wrapped, "caller-1").decrypt(sealed, "caller-1/phone") == "13812345678"
    assert b"13812345678" not in sealed


@given(plain=st.text(max_size=300))
def test_any_text_comes_back(plain: str):
    key, _ = FIXED.new_data_key("c")
    assert plain.encode("utf-8", "ignore").decode() == key.decrypt(key.encrypt(plain, "f"), "f")


FIXED = MasterKey("k1", {"k1": bytes(32)}, bytes(range(32)))


def test_the_same_text_is_never_sealed_the_same_way_twice(master: MasterKey):
    key, _ = master.new_data_key("c")
    assert key.encrypt("a", "f") != key.encrypt("a", "f")


def test_a_ciphertext_moved_or_altered_does_not_open(master: MasterKey):
    key, wrapped = master.new_data_key("caller-1")
    other, _ = master.new_data_key("caller-2")
    sealed = key.encrypt("a", "caller-1/phone")
    altered = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for attempt in (
        lambda: key.decrypt(sealed, "caller-1/name"),
        lambda: other.decrypt(sealed, "caller-1/phone"),
        lambda: key.decrypt(altered, "caller-1/phone"),
        lambda: key.decrypt(b"", "caller-1/phone"),
        lambda: master.unwrap(wrapped, "caller-2"),
        lambda: master.unwrap(b"k9:" + wrapped[3:], "caller-1"),
    ):
        with pytest.raises(CannotOpen):
            attempt()


def test_without_the_wrapped_key_the_identity_is_destroyed(master: MasterKey):
    with pytest.raises(IdentityDestroyed):
        master.unwrap(None, "caller-1")


def test_the_key_file_is_private_and_made_once(tmp_path: Path):
    path = tmp_path / "keys" / "master.json"
    first = MasterKey.load_or_create(path)
    content = path.read_bytes()
    MasterKey.load_or_create(path)
    assert (0o600, content) == (S_IMODE(path.stat().st_mode), path.read_bytes())
    assert json.loads(content)["keys"]["k1"] not in repr(first)


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"current":"k","keys":{},"index":""}', '{"current":"k","keys":7}']
)
def test_a_wrong_key_file_is_refused_in_words(tmp_path: Path, content: str):
    path = tmp_path / "master.json"
    path.write_text(content)
    with pytest.raises(ValueError, match="the key file"):
        MasterKey.load(path)


def test_data_keys_move_to_a_new_master_key():
    old = MasterKey("k1", {"k1": bytes(32)}, bytes(32))
    key, wrapped = old.new_data_key("c")
    both = MasterKey("k2", {"k1": bytes(32), "k2": b"\x01" * 32}, bytes(32))
    only_new = MasterKey("k2", {"k2": b"\x01" * 32}, bytes(32))
    moved = both.rewrap(wrapped, "c")
    assert only_new.unwrap(moved, "c").decrypt(key.encrypt("a", "f"), "f") == "a"
    with pytest.raises(CannotOpen):
        only_new.unwrap(wrapped, "c")


def test_a_blind_index_finds_equal_values_per_purpose_and_key_only(master: MasterKey, tmp_path: Path):
    other = MasterKey.load_or_create(tmp_path / "other.json")
    index = master.blind_index("13812345678", "phone")
    assert index == master.blind_index("13812345678", "phone")
    different = {
        master.blind_index("13812345679", "phone"),
        master.blind_index("13812345678", "id"),
        other.blind_index("13812345678", "phone"),
    }
    assert index not in different


def test_a_contact_box_opens_for_its_line_only():
    fire, police = new_line_key("119"), new_line_key("110")
    box = seal(b"13812345678", public_part(fire))
    assert unseal(box, fire) == b"13812345678"
    assert "d" not in public_part(fire)
    for key, wrong in ((police, box), (fire, box[:-3]), (fire, "")):
        with pytest.raises(CannotOpen):
            unseal(wrong, key)


def test_a_purpose_key_is_the_same_in_every_process(master: MasterKey, tmp_path: Path):
    sealed = master.purpose_key("parking").encrypt_bytes(b"\xff\x00", "row")
    again = MasterKey.load(tmp_path / "keys" / "master.json")
    assert again.purpose_key("parking").decrypt_bytes(sealed, "row") == b"\xff\x00"
    with pytest.raises(CannotOpen):
        again.purpose_key("other").decrypt_bytes(sealed, "row")
