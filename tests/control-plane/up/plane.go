package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// An etcd and a kube-apiserver that run.
type plane struct {
	etcd, server *process
	url          string
}

// Who asked what, without bodies; one line a request, once it is answered.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted, Panic]
rules:
- level: Metadata
`

// Starts both, and returns when the server is ready. A port that was free may
// be taken a moment later, so that is tried again with others.
func start(assets, folder string, eventTTL, patience time.Duration, stop <-chan struct{}) (*plane, error) {
	for attempt := 1; ; attempt++ {
		p, err := startOnce(assets, folder, eventTTL, patience, stop)
		if err == nil {
			return p, nil
		}
		clash := p.etcd != nil && p.etcd.portTaken() || p.server != nil && p.server.portTaken()
		p.stop()
		if !clash || attempt == 5 {
			return nil, err
		}
		if err := os.RemoveAll(filepath.Join(folder, "etcd")); err != nil {
			return nil, err
		}
	}
}

func startOnce(assets, folder string, eventTTL, patience time.Duration, stop <-chan struct{}) (*plane, error) {
	p := &plane{}
	in := func(name string) string { return filepath.Join(folder, name) }
	etcdPort, serverPort, err := freePorts()
	if err != nil {
		return p, err
	}
	etcdURL := fmt.Sprintf("http://127.0.0.1:%d", etcdPort)
	p.etcd, err = spawn(assets, folder, "etcd",
		"--data-dir="+in("etcd"),
		"--unsafe-no-fsync",
		"--listen-client-urls="+etcdURL,
		"--advertise-client-urls="+etcdURL,
		// There are no peers; the system chooses a port for them.
		"--listen-peer-urls=http://127.0.0.1:0",
		"--log-level=warn")
	if err != nil {
		return p, err
	}
	if err := os.WriteFile(in("audit-policy.yaml"), []byte(auditPolicy), 0o600); err != nil {
		return p, err
	}
	p.url = fmt.Sprintf("https://127.0.0.1:%d", serverPort)
	p.server, err = spawn(assets, folder, "kube-apiserver",
		"--etcd-servers="+etcdURL,
		"--bind-address=127.0.0.1",
		"--advertise-address=127.0.0.1",
		"--endpoint-reconciler-type=none",
		fmt.Sprintf("--secure-port=%d", serverPort),
		"--cert-dir="+in("server-certs"),
		"--tls-cert-file="+in("server.crt"),
		"--tls-private-key-file="+in("server.key"),
		"--client-ca-file="+in("ca.crt"),
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file="+in("service-account.pub"),
		"--service-account-signing-key-file="+in("service-account.key"),
		"--authorization-mode=RBAC",
		"--service-cluster-ip-range=10.0.0.0/24",
		// It would wait for a controller that does not run here.
		"--disable-admission-plugins=ServiceAccount",
		"--event-ttl="+eventTTL.String(),
		"--audit-policy-file="+in("audit-policy.yaml"),
		"--audit-log-path="+in("audit.log"),
		// In megabytes: a log that is rotated away could not be counted.
		"--audit-log-maxsize=4096")
	if err != nil {
		return p, err
	}
	if err := writeKubeconfig(folder, p.url); err != nil {
		return p, err
	}
	return p, p.waitReady(folder, patience, stop)
}

func (p *plane) waitReady(folder string, patience time.Duration, stop <-chan struct{}) error {
	client, err := adminClient(folder)
	if err != nil {
		return err
	}
	late := time.After(patience)
	poll := time.NewTicker(100 * time.Millisecond)
	defer poll.Stop()
	answer := "no answer"
	for {
		select {
		case <-stop:
			return errStopped
		case <-p.etcd.exited:
			return p.etcd.ended()
		case <-p.server.exited:
			return p.server.ended()
		case <-late:
			return fmt.Errorf("the server was not ready within %s (last answer to /readyz: %s); the end of its log:\n%s\nthe end of etcd's log:\n%s",
				patience, answer, p.server.tail(), p.etcd.tail())
		case <-poll.C:
		}
		response, err := client.Get(p.url + "/readyz")
		if err != nil {
			answer = err.Error()
			continue
		}
		body, _ := io.ReadAll(io.LimitReader(response.Body, 4096))
		_ = response.Body.Close()
		if response.StatusCode == http.StatusOK {
			client.CloseIdleConnections()
			return nil
		}
		answer = fmt.Sprintf("%s %s", response.Status, body)
	}
}

// The server first: without its etcd it lingers and holds its port. It would
// wait for open watches too, but nothing that it holds is kept.
func (p *plane) stop() {
	p.server.stop(time.Second)
	p.etcd.stop(time.Second)
}

func adminClient(folder string) (*http.Client, error) {
	authority, err := os.ReadFile(filepath.Join(folder, "ca.crt"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	admin, err := tls.LoadX509KeyPair(filepath.Join(folder, "admin.crt"), filepath.Join(folder, "admin.key"))
	if err != nil {
		return nil, err
	}
	return &http.Client{
		Timeout: 5 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{
			RootCAs: roots, Certificates: []tls.Certificate{admin}, MinVersion: tls.VersionTLS12,
		}},
	}, nil
}

// Two ports of the loopback that nobody listens on now.
func freePorts() (int, int, error) {
	first, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, 0, err
	}
	defer first.Close()
	second, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, 0, err
	}
	defer second.Close()
	return first.Addr().(*net.TCPAddr).Port, second.Addr().(*net.TCPAddr).Port, nil
}
