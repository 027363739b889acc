package main

import "syscall"

// A group of its own, so that Ctrl-C in a terminal reaches only this process,
// which stops its children in order; killed with this process where it is
// killed outright.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
