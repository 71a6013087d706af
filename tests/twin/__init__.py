"""A twin of Google for deployments: it keeps what is deployed to it, and refuses as Google does.

It is an HTTPS proxy on loopback that answers for Google's hosts itself, so the real Firebase CLI and Stoker's own
commands run against it unchanged. In `tests/deploy`, the fixture `google` is the twin with a project that has been set
up. A test changes its `World` before it starts a command, and looks into it afterwards:

    def test_the_plan(google: Google, scratch: Path) -> None:
        google.world.without_blaze()
        done = subprocess.run([...], env=google.environment(scratch), ...)
        assert "Blaze" in done.stderr
        assert google.world.writes() == []

For code that runs in the test's own process, set the variables of `environment` with `monkeypatch`.
A call that the twin does not know is answered with 501, and fails the test: add it to the file of its service, with the
permission that it needs. `Routes` shows how.
"""
