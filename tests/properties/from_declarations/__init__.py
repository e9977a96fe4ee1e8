"""Another oracle: it reads resilience.yaml itself and follows the definitions word by word."""
