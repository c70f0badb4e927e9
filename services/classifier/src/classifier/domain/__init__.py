"""What the classifier decides, as plain functions over tables and models handed in."""
