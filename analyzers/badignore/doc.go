// Package badignore reports suppression comments that suppress nothing.
package badignore
