package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A server that was started, with its log in a file.
type process struct {
	name   string
	cmd    *exec.Cmd
	log    string
	exited chan struct{}
	err    error
}

func spawn(assets, folder, name string, args ...string) (*process, error) {
	log := filepath.Join(folder, name+".log")
	file, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	cmd := exec.Command(filepath.Join(assets, name), args...)
	cmd.Stdout, cmd.Stderr = file, file
	cmd.Dir = folder
	cmd.SysProcAttr = childAttributes()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s could not be started (build it again with `make clean-control-plane`, or check KUBEBUILDER_ASSETS): %w", name, err)
	}
	p := &process{name: name, cmd: cmd, log: log, exited: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

func (p *process) running() bool {
	select {
	case <-p.exited:
		return false
	default:
		return true
	}
}

// Asks it to end, and kills it where it does not.
func (p *process) stop(patience time.Duration) {
	if p == nil || !p.running() {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.exited:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		<-p.exited
	}
}

// The error for a process that ended by itself.
func (p *process) ended() error {
	return fmt.Errorf("%s ended by itself (%v); the end of its log:\n%s", p.name, p.err, p.tail())
}

// Whether it could not have the port that it was given.
func (p *process) portTaken() bool {
	text, _ := os.ReadFile(p.log)
	return bytes.Contains(text, []byte("address already in use"))
}

// The last lines of its log.
func (p *process) tail() string {
	text, _ := os.ReadFile(p.log)
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	if len(lines) > 30 {
		lines = lines[len(lines)-30:]
	}
	return "  " + strings.Join(lines, "\n  ")
}
