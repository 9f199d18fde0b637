"""No JAX, as in a learner's environment; on ``PYTHONPATH`` it hides the one of the tests.

TensorFlow imports JAX wherever it finds it, which takes each process half a second and 100 MB.
"""

raise ImportError("hidden by tests/without_jax")
