package main

import (
	"context"
	"os"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes/fake"
	"sigs.k8s.io/yaml"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/settings"
)

// What Argo CD's settings make of a ConfigMap.
func overrides(file string) (map[string]v1alpha1.ResourceOverride, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var configMap corev1.ConfigMap
	if err := yaml.UnmarshalStrict(text, &configMap); err != nil {
		return nil, err
	}
	secret := corev1.Secret{}
	secret.Name, secret.Namespace, secret.Labels = "argocd-secret", configMap.Namespace, configMap.Labels
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	manager := settings.NewSettingsManager(ctx, fake.NewClientset(&configMap, &secret), configMap.Namespace)
	return manager.GetResourceOverrides()
}
