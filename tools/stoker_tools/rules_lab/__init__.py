"""Tools for tests of the security rules.

The rules are parsed (`language`), compared with the platform's limits (`budget`) and changed by one mistake each
(`mutants`). `firestore` and `storage` send requests to the emulators, and `judge` and `mutation_run` send many of them.
"""
