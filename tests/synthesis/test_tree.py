"""The tree is written all or nothing, whole files only, and only what is ours."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from synthesis.tree import MARK, generated_files, write_tree
from tests.workspace import REPOSITORY

HEAD = f"# {MARK}\n"
OURS = {
    "modules/a/main.tf": HEAD + "locals {}\n",
    "README.md": f"<!-- {MARK} -->\n",
    "manifest.json": f'{{"//": "{MARK}"}}\n',
    "infracost.yml": HEAD + "version: 0.1\n",
}


def everything(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_writes_then_changes_only_what_differs(tmp_path: Path) -> None:
    assert write_tree(tmp_path, OURS).written == tuple(sorted(OURS))
    before = (tmp_path / "README.md").stat()
    changes = write_tree(tmp_path, OURS | {"modules/a/main.tf": HEAD + "# new\n"})
    assert (changes.written, changes.removed) == (("modules/a/main.tf",), ())
    after = (tmp_path / "README.md").stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert generated_files(tmp_path) == OURS | {"modules/a/main.tf": HEAD + "# new\n"}
    assert not (tmp_path / ".staging").exists()


def test_removes_what_it_made_and_the_empty_folder(tmp_path: Path) -> None:
    write_tree(tmp_path, OURS)
    changes = write_tree(tmp_path, {"README.md": OURS["README.md"]})
    assert changes.removed == ("infracost.yml", "manifest.json", "modules/a/main.tf")
    assert everything(tmp_path).keys() == {"README.md"}
    assert not (tmp_path / "modules").exists()


def test_removes_folders_in_folders(tmp_path: Path) -> None:
    paths = ["a/main.tf", "a/b/main.tf", "a/b/c/main.tf", "a/b/c/d/main.tf"]
    write_tree(tmp_path, OURS | dict.fromkeys(paths, HEAD))
    assert write_tree(tmp_path, OURS).removed == tuple(sorted(paths))
    assert not (tmp_path / "a").exists()


def test_keeps_what_is_not_ours(tmp_path: Path) -> None:
    write_tree(tmp_path, OURS)
    foreign = {
        "modules/a/.terraform/modules/x/main.tf": HEAD,  # Terraform's copy of a generated module is Terraform's
        "modules/a/.terraform.lock.hcl": "provider {}",
        "modules/a/terraform.tfstate": "{}",
        "modules/a/account.auto.tfvars": 'x = "1"',
        "modules/a/extra.tf": "# written by hand\n",
        "notes.md": "notes",
    }
    for path, text in foreign.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    write_tree(tmp_path, {"README.md": OURS["README.md"]})
    assert everything(tmp_path).keys() == foreign.keys() | {"README.md"}
    assert all((tmp_path / path).read_text() == text for path, text in foreign.items())


def test_keeps_what_only_quotes_the_mark_and_names_it(tmp_path: Path) -> None:
    write_tree(tmp_path, OURS)
    foreign = {
        "NOTES.md": f"# Notes\n{MARK} are most files here.\n",
        "modules/a/extra.tf": f'locals {{\n  note = "{MARK}"\n}}\n',
        "modules/a/more.tf": f"\n# {MARK}\n",
        "quoted.json": f'{{"note": 1, "//": "{MARK}"}}\n',
    }
    for path, text in foreign.items():
        (tmp_path / path).write_text(text)
    (tmp_path / "modules/a/account.auto.tfvars").write_text("")
    (tmp_path / "modules/a/.terraform.lock.hcl").write_text(HEAD)
    changes = write_tree(tmp_path, OURS)
    assert (changes.removed, changes.foreign) == ((), tuple(sorted(foreign)))
    assert all((tmp_path / path).read_text() == text for path, text in foreign.items())


def test_a_pipe_is_no_file_of_ours_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    write_tree(tmp_path, OURS)
    os.mkfifo(tmp_path / "modules/a/pipe.tf")
    (tmp_path / "infracost.yml").unlink()
    os.mkfifo(tmp_path / "infracost.yml")
    changes = write_in_child(tmp_path, f"print(write_tree(root, {OURS!r}))")
    assert changes.stdout == "Changes(written=('infracost.yml',), removed=(), foreign=('modules/a/pipe.tf',))\n"


def test_does_not_follow_links_out_of_the_tree(tmp_path: Path) -> None:
    outside = tmp_path / "outside.tf"
    outside.write_text(HEAD)
    root = tmp_path / "infra"
    root.mkdir()
    (root / "link.tf").symlink_to(outside)
    (root / "README.md").symlink_to(outside)
    assert write_tree(root, OURS).foreign == ("link.tf",)
    assert outside.read_text() == HEAD
    assert (root / "link.tf").is_symlink()
    assert (root / "README.md").read_text() == OURS["README.md"]


def write_in_child(root: Path, body: str) -> subprocess.CompletedProcess[str]:
    script = f"""
import sys; sys.path.insert(0, {str(REPOSITORY)!r})
from pathlib import Path
from synthesis.tree import MARK, write_tree
root = Path({str(root)!r})
{body}
"""
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    write_tree(tmp_path, OURS)
    before = everything(tmp_path)
    # A limit on the size of files makes a write fail half-way through a file, as a full disk does.
    child = write_in_child(
        tmp_path,
        """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
write_tree(root, {"a.tf": "# " + MARK, "z.tf": "# " + MARK + "x" * 10_000})
""",
    )
    assert child.returncode != 0
    assert "File too large" in child.stderr
    assert everything(tmp_path) == before
    assert not (tmp_path / ".staging").exists()


def test_a_failure_half_way_puts_everything_back(tmp_path: Path) -> None:
    write_tree(tmp_path, OURS)
    (tmp_path / "modules/b/main.tf").mkdir(parents=True)  # a folder where a file has to go: its rename fails
    before = everything(tmp_path)
    changed = {path: text + "changed\n" for path, text in OURS.items() if path != "manifest.json"}
    with pytest.raises(IsADirectoryError):
        write_tree(tmp_path, changed | {"new/folder/main.tf": HEAD, "modules/b/main.tf": HEAD})
    assert everything(tmp_path) == before
    assert not (tmp_path / "new").exists()


def test_a_read_only_folder_changes_nothing(as_ordinary_user: None) -> None:
    root = Path("infra")
    write_tree(root, OURS)
    before = everything(root)
    folder = root / "modules/a"
    folder.chmod(0o500)
    with pytest.raises(PermissionError):
        write_tree(root, {path: text + "changed\n" for path, text in OURS.items()})
    folder.chmod(0o700)
    assert everything(root) == before
    assert not (root / ".staging").exists()


@pytest.mark.slow
def test_killed_at_any_moment_every_file_is_whole(tmp_path: Path) -> None:
    """SIGKILL at 50 moments of a writer that alternates between two trees: each file is one or the other, entire."""
    trees = [{f"m{n}/main.tf": HEAD + word * 5_000 for n in range(20)} for word in ("old ", "new ")]
    write_tree(tmp_path, trees[0])
    body = """
trees = [{f"m{n}/main.tf": "# " + MARK + "\\n" + word * 5_000 for n in range(20)} for word in ("old ", "new ")]
print("ready", flush=True)
while True:
    for tree in reversed(trees):
        write_tree(root, tree)
"""
    script = f"import sys; sys.path.insert(0, {str(REPOSITORY)!r})\nfrom pathlib import Path\n"
    script += f"from synthesis.tree import MARK, write_tree\nroot = Path({str(tmp_path)!r})\n{body}"
    seen = set()
    for attempt in range(500):  # fifty, and as many more as it takes to fall between two renames
        writer = subprocess.Popen([sys.executable, "-S", "-c", script], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.0007 * (attempt % 50))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        texts = {path: path.read_text() for path in tmp_path.glob("m*/main.tf")}
        assert len(texts) == 20
        for path, text in texts.items():
            name = path.relative_to(tmp_path).as_posix()
            assert text in (trees[0][name], trees[1][name]), f"{name} is half-written"
        seen.add(len(set(texts.values())))
        if attempt >= 50 and 2 in seen:
            break
    assert 2 in seen, "no kill fell between two renames: the test saw nothing"
    write_tree(tmp_path, trees[1])
    assert generated_files(tmp_path) == trees[1]
    assert not (tmp_path / ".staging").exists()
