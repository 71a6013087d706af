"""The engine, which takes a job from its creation to its end. It imports no worker: `main.py` passes the worker in."""
