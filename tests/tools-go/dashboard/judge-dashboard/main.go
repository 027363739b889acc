// Reads a dashboard from the standard input with the types that Grafana's own
// project generates from its schema, strictly: a field that is unknown, missing
// or of another type is an error, also among the options of a panel and in a
// query. Prints what it has read, a panel a line.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

func main() {
	if err := judge(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func judge(input io.Reader) error {
	plugins.RegisterDefaultPlugins()
	raw, err := io.ReadAll(input)
	if err != nil {
		return err
	}
	var strict dashboard.Dashboard
	if err := wrong(strict.UnmarshalJSONStrict(raw)); err != nil {
		return err
	}
	var read dashboard.Dashboard
	if err := json.Unmarshal(raw, &read); err != nil {
		return err
	}
	if err := read.Validate(); err != nil {
		return err
	}
	if err := fieldConfigs(raw); err != nil {
		return err
	}
	for _, panel := range read.Panels {
		if panel.Panel != nil {
			fmt.Printf("%s: %s\n", panel.Panel.Type, *panel.Panel.Title)
		}
	}
	return nil
}

// The strict reading of a panel is not strict about this part.
func fieldConfigs(raw []byte) error {
	var read struct {
		Panels []struct {
			Title       string
			FieldConfig json.RawMessage
		}
	}
	if err := json.Unmarshal(raw, &read); err != nil {
		return err
	}
	for _, panel := range read.Panels {
		var strict dashboard.FieldConfigSource
		if err := wrong(strict.UnmarshalJSONStrict(panel.FieldConfig)); err != nil {
			return fmt.Errorf("%s: %w", panel.Title, err)
		}
	}
	return nil
}

// A strict reading gives a list that is empty, not nil, where all is well.
func wrong(err error) error {
	var list cog.BuildErrors
	if errors.As(err, &list) && len(list) == 0 {
		return nil
	}
	return err
}
