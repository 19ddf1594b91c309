"""Batches here are small: one thread is faster than two, and steadier where tests run side by side."""

import torch

torch.set_num_threads(1)
