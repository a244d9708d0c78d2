package instrument

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// An Overlay is the content of files that replace those on disk or do not exist
// there, by absolute name.
type Overlay map[string][]byte

// A Replacement is what the go command reads from an overlay's JSON file: the
// name of the file to read instead of each, "" where none is to be there.
type Replacement map[string]string

// ReadReplacement reads such a file, from the working directory dir.
func ReadReplacement(jsonFile, dir string) (Replacement, error) {
	data, err := os.ReadFile(absolute(jsonFile, dir))
	if err != nil {
		return nil, err
	}
	var file struct{ Replace Replacement }
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", jsonFile, err)
	}
	replace := make(Replacement, len(file.Replace))
	for from, to := range file.Replace {
		if to != "" {
			to = absolute(to, dir)
		}
		replace[absolute(from, dir)] = to
	}
	return replace, nil
}

func absolute(name, dir string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(dir, name)
}

// ReadFile reads the file that stands for name.
func (r Replacement) ReadFile(name string) ([]byte, error) {
	if to, ok := r[filepath.Clean(name)]; ok {
		if to == "" {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		name = to
	}
	return os.ReadFile(name)
}

// Write writes the overlay into dir, as files and the JSON file that the go
// command reads, the name of which it returns. What the user overlays already
// stays, where o has nothing of its own.
func (o Overlay) Write(dir string, users Replacement) (jsonFile string, err error) {
	replace := make(Replacement, len(o)+len(users))
	maps.Copy(replace, users)
	for i, name := range slices.Sorted(maps.Keys(o)) {
		// The name's end tells the go command what kind of file it is.
		file := filepath.Join(dir, fmt.Sprintf("%d_%s", i, filepath.Base(name)))
		if err := os.WriteFile(file, o[name], 0o644); err != nil {
			return "", err
		}
		replace[name] = file
	}
	data, err := json.MarshalIndent(map[string]any{"Replace": replace}, "", "\t")
	if err != nil {
		return "", err
	}
	jsonFile = filepath.Join(dir, "overlay.json")
	return jsonFile, os.WriteFile(jsonFile, data, 0o644)
}
