// What kstatus and Flux make of objects. Each object of the list on standard
// input is judged three times: by kstatus as Helm has it, by Flux's edition of
// it, and by the healthCheckExprs of the Flux Kustomization that is the
// argument, with Flux's own evaluator. Prints one line of verdicts for each.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	fluxstatus "github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"github.com/fluxcd/pkg/apis/kustomize"
	"github.com/fluxcd/pkg/runtime/cel"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/yaml"
)

type verdicts struct {
	Kstatus string `json:"kstatus"`
	Flux    string `json:"flux"`
	Exprs   string `json:"exprs"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: status KUSTOMIZATION < LIST")
	}
	evaluators, err := evaluators(args[0])
	if err != nil {
		return err
	}
	var list unstructured.UnstructuredList
	if err := json.NewDecoder(os.Stdin).Decode(&list); err != nil {
		return err
	}
	all := make([]verdicts, 0, len(list.Items))
	for i := range list.Items {
		said, err := judge(&list.Items[i], evaluators)
		if err != nil {
			return fmt.Errorf("%s: %w", list.Items[i].GetName(), err)
		}
		all = append(all, said)
	}
	return json.NewEncoder(os.Stdout).Encode(all)
}

func judge(object *unstructured.Unstructured, evaluators map[schema.GroupKind]*cel.StatusEvaluator) (verdicts, error) {
	kstatus, err := status.Compute(object)
	if err != nil {
		return verdicts{}, err
	}
	flux, err := fluxstatus.Compute(object)
	if err != nil {
		return verdicts{}, err
	}
	evaluator, ok := evaluators[object.GroupVersionKind().GroupKind()]
	if !ok {
		return verdicts{}, fmt.Errorf("no healthCheckExprs are for %s", object.GroupVersionKind())
	}
	exprs, err := evaluator.Evaluate(context.Background(), object)
	if err != nil {
		return verdicts{}, err
	}
	return verdicts{kstatus.Status.String(), flux.Status.String(), exprs.Status.String()}, nil
}

// The evaluators of a Kustomization's healthCheckExprs, which stand as Flux's own type.
func evaluators(file string) (map[schema.GroupKind]*cel.StatusEvaluator, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var kustomization struct {
		Spec struct {
			HealthCheckExprs []kustomize.CustomHealthCheck `json:"healthCheckExprs"`
		} `json:"spec"`
	}
	if err := yaml.Unmarshal(text, &kustomization); err != nil {
		return nil, err
	}
	all := map[schema.GroupKind]*cel.StatusEvaluator{}
	for _, check := range kustomization.Spec.HealthCheckExprs {
		evaluator, err := cel.NewStatusEvaluator(&check.HealthCheckExpressions)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", check.Kind, err)
		}
		all[schema.FromAPIVersionAndKind(check.APIVersion, check.Kind).GroupKind()] = evaluator
	}
	return all, nil
}
