package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
)

// Writes the administrator's kubeconfig, complete in one file.
func writeKubeconfig(folder, url string) error {
	var data [3]string
	for i, name := range []string{"ca.crt", "admin.crt", "admin.key"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return err
		}
		data[i] = base64.StdEncoding.EncodeToString(text)
	}
	text := fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: test
clusters:
- name: test
  cluster:
    server: %s
    certificate-authority-data: %s
contexts:
- name: test
  context: {cluster: test, user: admin}
users:
- name: admin
  user:
    client-certificate-data: %s
    client-key-data: %s
`, url, data[0], data[1], data[2])
	return os.WriteFile(filepath.Join(folder, "kubeconfig"), []byte(text), 0o600)
}
