"""The stories that demos tell: a sentence and a picture a scene, each number from the plan or the log behind it.

Nothing of a screen is here: a scene is lines with tones, and the place that it speaks of.
"""
