module ops.invalid

go 1.25
