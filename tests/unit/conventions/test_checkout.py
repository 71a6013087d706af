"""The conventions are applied to the right files of a checkout."""

from pathlib import Path

from stoker_tools.conventions.checkout import problems


def write(root: Path, name: str, text: str = "") -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


def test_each_convention_is_applied_to_its_directories(tmp_path: Path) -> None:
    write(tmp_path, "functions/main.py", '"""What is deployed."""')
    write(tmp_path, "tests/test_job.py", '"""What a test is about."""\n' + "x = 1\n" * 399)
    write(tmp_path, "tests/page.ts", "\n" * 401)
    write(tmp_path, "tests/sentences.txt", "\n" * 500)
    write(tmp_path, "functions/stoker/jobs/graph.py")
    write(tmp_path, "functions/stoker/video/graph.py")
    assert [problem.partition(":")[0] for problem in problems(tmp_path)] == [
        "functions/main.py",
        "tests/page.ts",
        "functions/stoker/jobs/graph.py",
    ]


def test_installed_and_compiled_files_are_left_out(tmp_path: Path) -> None:
    for directory in ("functions/venv/lib", "tools/node_modules", "functions/stoker/__pycache__"):
        write(tmp_path, f"{directory}/long.py", '"""What somebody else wrote."""' + "\n" * 500)
    assert problems(tmp_path) == []
