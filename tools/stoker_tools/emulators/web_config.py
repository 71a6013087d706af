"""The code with which a web app connects to a suite."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

DEFAULT_REGION = "us-central1"
"""The region that `getFunctions(app)` uses by itself."""


def web_config(hosts: Mapping[str, str], environment: Mapping[str, str], region: str = DEFAULT_REGION) -> str:
    """Return JavaScript that can be pasted into a web app.

    Args:
        hosts: The `host:port` of each emulator, by its name.
        environment: The variables by which a program finds the suite.
        region: The region of the callable functions.

    Example:
        >>> print(web_config({"auth": "127.0.0.1:9099"}, {"GCLOUD_PROJECT": "demo"}))
        import { initializeApp } from 'firebase/app';
        import { connectAuthEmulator, getAuth } from 'firebase/auth';
        <BLANKLINE>
        const app = initializeApp({ apiKey: 'demo', projectId: 'demo' });
        connectAuthEmulator(getAuth(app), 'http://127.0.0.1:9099');
    """
    options = {"apiKey": "demo", "projectId": environment["GCLOUD_PROJECT"]}
    if bucket := json.loads(environment.get("FIREBASE_CONFIG", "{}")).get("storageBucket"):
        options["storageBucket"] = bucket
    imports = ["import { initializeApp } from 'firebase/app';"]
    calls = [f"const app = initializeApp({{ {', '.join(f'{name}: {value!r}' for name, value in options.items())} }});"]
    for name in ("auth", "firestore", "functions", "storage"):
        if name in hosts:
            connect, get = f"connect{name.capitalize()}Emulator", f"get{name.capitalize()}"
            host, _, port = hosts[name].rpartition(":")
            service = f"{get}(app, {region!r})" if name == "functions" and region != DEFAULT_REGION else f"{get}(app)"
            address = f"'http://{hosts[name]}'" if name == "auth" else f"{host!r}, {port}"
            imports.append(f"import {{ {connect}, {get} }} from 'firebase/{name}';")
            calls.append(f"{connect}({service}, {address});")
    return "\n".join([*imports, "", *calls])


def region_of(specification: Mapping[str, Any]) -> str:
    """Return the region of most functions of a manifest.

    Args:
        specification: The manifest, as the Firebase CLI takes it.
    """
    endpoints = (specification.get("endpoints") or {}).values()
    regions = Counter(
        region for endpoint in endpoints for region in endpoint.get("region") or [] if isinstance(region, str)
    )
    return regions.most_common(1)[0][0] if regions else DEFAULT_REGION
