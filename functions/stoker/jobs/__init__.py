"""The engine: a job arrives, is claimed, runs, reports and ends. It knows no worker; `main.py` hands them over."""
