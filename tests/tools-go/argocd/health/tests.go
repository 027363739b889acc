package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/argoproj/gitops-engine/pkg/health"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/argoproj/argo-cd/v3/util/lua"
)

// As util/lua/health_test.go of Argo CD has it.
type testStructure struct {
	Tests []struct {
		InputPath    string              `json:"inputPath"`
		HealthStatus health.HealthStatus `json:"healthStatus"`
	} `json:"tests"`
}

func runTests(folder string) error {
	script, err := os.ReadFile(filepath.Join(folder, "health.lua"))
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(folder, "health_test.yaml"))
	if err != nil {
		return err
	}
	var tests testStructure
	if err := yaml.UnmarshalStrict(text, &tests); err != nil {
		return err
	}
	for _, test := range tests.Tests {
		input, err := os.ReadFile(filepath.Join(folder, test.InputPath))
		if err != nil {
			return err
		}
		var object map[string]any
		if err := yaml.Unmarshal(input, &object); err != nil {
			return err
		}
		vm := lua.VM{UseOpenLibs: true}
		said, err := vm.ExecuteHealthLua(&unstructured.Unstructured{Object: object}, string(script))
		if err != nil {
			return fmt.Errorf("%s: %w", test.InputPath, err)
		}
		if *said != test.HealthStatus {
			return fmt.Errorf("%s: %+v, and the test expects %+v", test.InputPath, *said, test.HealthStatus)
		}
	}
	fmt.Println(len(tests.Tests))
	return nil
}
