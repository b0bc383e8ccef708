"""What is timed, against what: ``python -m benchmarks`` runs all, ``python -m benchmarks calls`` one."""
