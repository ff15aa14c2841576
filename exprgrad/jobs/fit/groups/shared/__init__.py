"""Fits of groups that share parameters: a block-arrow problem, of which one triangle a group is kept."""
