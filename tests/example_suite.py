"""The addresses and variables of a suite, for tests of the code with which a web app connects. No such suite runs."""

import json

HOSTS = {
    "auth": "127.0.0.1:9099",
    "firestore": "127.0.0.1:8080",
    "functions": "127.0.0.1:5001",
    "storage": "127.0.0.1:9199",
    "hub": "127.0.0.1:4400",
}
VARIABLES = {
    "GCLOUD_PROJECT": "demo-stoker",
    "FIREBASE_CONFIG": json.dumps({"storageBucket": "demo-stoker.appspot.com"}),
}
