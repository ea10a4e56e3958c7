"""Settings every test shares."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "likelinet",
    deadline=None,
    derandomize=True,
    max_examples=25,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("likelinet")
