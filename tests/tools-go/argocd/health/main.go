// What Argo CD makes of objects, by Argo CD's own code: its settings read the
// argocd-cm that is its argument, and its Lua runs the health check for each
// object of the list on standard input. Prints one verdict for each.
//
// With --tests FOLDER it does what Argo CD's own tests do with that folder of
// its resource_customizations: health.lua on each case of health_test.yaml.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/argoproj/gitops-engine/pkg/health"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/argoproj/argo-cd/v3/util/lua"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 2 && args[0] == "--tests" {
		return runTests(args[1])
	}
	if len(args) != 1 {
		return errors.New("usage: health CONFIGMAP < LIST | health --tests FOLDER")
	}
	overrides, err := overrides(args[0])
	if err != nil {
		return err
	}
	var list unstructured.UnstructuredList
	if err := json.NewDecoder(os.Stdin).Decode(&list); err != nil {
		return err
	}
	verdicts := make([]health.HealthStatus, 0, len(list.Items))
	for i := range list.Items {
		// The way of Argo CD's controller, which also knows objects that are being deleted.
		verdict, err := health.GetResourceHealth(&list.Items[i], lua.ResourceHealthOverrides(overrides))
		if err != nil {
			return fmt.Errorf("%s: %w", list.Items[i].GetName(), err)
		}
		if verdict == nil {
			return fmt.Errorf("%s: no health check is for %s", list.Items[i].GetName(), list.Items[i].GroupVersionKind())
		}
		verdicts = append(verdicts, *verdict)
	}
	return json.NewEncoder(os.Stdout).Encode(verdicts)
}
