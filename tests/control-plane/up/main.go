// control-plane-up runs one etcd and one kube-apiserver on loopback, for as
// long as its standard input stays open.
//
// Once the server is ready it prints one line of JSON that says where things
// are. When standard input ends, or on SIGINT, SIGTERM or SIGHUP, it stops the
// server, then etcd, and removes all that it wrote. Whoever starts it holds
// the other end of a pipe, so that it goes down with them however they end.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// Where things are, for whoever started the control plane.
type ready struct {
	Kubeconfig string `json:"kubeconfig"`
	AuditLog   string `json:"audit_log"`
	CACert     string `json:"ca_cert"`
	CAKey      string `json:"ca_key"`
	Server     string `json:"server"`
	Assets     string `json:"assets"`
}

func init() {
	// Linux kills a child when the thread that started it ends. The main
	// thread ends last.
	runtime.LockOSThread()
}

func main() {
	assets := flag.String("assets", "", "folder that holds kube-apiserver and etcd (tests/control-plane/build prints one)")
	eventTTL := flag.Duration("event-ttl", time.Hour, "how long the server keeps Events")
	patience := flag.Duration("ready-within", 120*time.Second, "how long to wait for the server to be ready")
	flag.Parse()
	if *assets == "" || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "usage: control-plane-up --assets FOLDER [--event-ttl 1h] [--ready-within 120s]")
		os.Exit(2)
	}
	if err := run(*assets, *eventTTL, *patience); err != nil {
		fmt.Fprintln(os.Stderr, "control plane:", err)
		os.Exit(1)
	}
}

var errStopped = errors.New("stopped before it was ready")

func run(assets string, eventTTL, patience time.Duration) (err error) {
	assets, err = filepath.Abs(assets)
	if err != nil {
		return err
	}
	stop := stopRequested()
	folder, err := newFolder()
	if err != nil {
		return err
	}
	defer func() {
		if failed := folder.remove(); failed != nil && err == nil {
			err = failed
		}
	}()
	if err := writeKeys(folder.path); err != nil {
		return err
	}
	plane, err := start(assets, folder.path, eventTTL, patience, stop)
	if errors.Is(err, errStopped) {
		return nil
	}
	if err != nil {
		return err
	}
	defer plane.stop()

	line, err := json.Marshal(ready{
		Kubeconfig: folder.file("kubeconfig"),
		AuditLog:   folder.file("audit.log"),
		CACert:     folder.file("ca.crt"),
		CAKey:      folder.file("ca.key"),
		Server:     plane.url,
		Assets:     assets,
	})
	if err != nil {
		return err
	}
	if _, err := fmt.Println(string(line)); err != nil {
		return err
	}

	select {
	case <-stop:
		return nil
	case <-plane.etcd.exited:
		return plane.etcd.ended()
	case <-plane.server.exited:
		return plane.server.ended()
	}
}

// Closed when standard input has ended or a signal asks to stop.
func stopRequested() <-chan struct{} {
	stop := make(chan struct{})
	ended := make(chan struct{})
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	// Whoever read standard output may be gone already: the write must fail, not kill.
	signal.Ignore(syscall.SIGPIPE)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(ended)
	}()
	go func() {
		select {
		case <-ended:
		case <-signals:
		}
		close(stop)
	}()
	return stop
}
