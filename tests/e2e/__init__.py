"""An environment on an emulated AWS, deployed by the real provider: state, locks and all."""
