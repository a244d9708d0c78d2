// Package noisy holds what holdandwait must report: one function for each form.
package noisy

func wrong() { // want `wrong is TODO`
}
