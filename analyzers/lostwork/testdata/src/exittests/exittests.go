package exittests

import "sync"

var mu sync.Mutex
