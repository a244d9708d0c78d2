package limitations

// The access is further down than the check follows calls.
func deep() {
	n := 0
	go d1(&n)
	n = 2
}

func d1(n *int)  { d2(n) }
func d2(n *int)  { d3(n) }
func d3(n *int)  { d4(n) }
func d4(n *int)  { d5(n) }
func d5(n *int)  { d6(n) }
func d6(n *int)  { d7(n) }
func d7(n *int)  { d8(n) }
func d8(n *int)  { d9(n) }
func d9(n *int)  { d10(n) }
func d10(n *int) { d11(n) }
func d11(n *int) { d12(n) }
func d12(n *int) { d13(n) }
func d13(n *int) { d14(n) }
func d14(n *int) { d15(n) }
func d15(n *int) { d16(n) }
func d16(n *int) { d17(n) }
func d17(n *int) { d18(n) }
func d18(n *int) { d19(n) }
func d19(n *int) { d20(n) }
func d20(n *int) { d21(n) }
func d21(n *int) { d22(n) }
func d22(n *int) { d23(n) }
func d23(n *int) { d24(n) }
func d24(n *int) { *n = 1 }
