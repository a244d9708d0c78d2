package explore

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// A fileCache keeps what packages were rewritten to, one file each, in the user's
// cache folder. It never fails: what cannot be read is made again, and what
// cannot be written is not kept.
type fileCache struct {
	dir string
}

const (
	// unused is how long an entry is kept that nobody asks for.
	unused = 5 * 24 * time.Hour
	// between is how often entries are looked through for those, and how old a
	// use may look.
	between = 24 * time.Hour
)

// openCache opens the cache in the folder that the environment names, for the
// program with the given executable: another one may rewrite otherwise. It is nil if
// there is no place for it.
func openCache(root, executable string, now time.Time) *fileCache {
	info, err := os.Stat(executable)
	if root == "" || err != nil {
		return nil
	}
	id := sha256.Sum256(fmt.Appendf(nil, "%s %d %d", executable, info.Size(), info.ModTime().UnixNano()))
	c := &fileCache{filepath.Join(root, "lockstep", "rewritten", hex.EncodeToString(id[:8]))}
	trim(filepath.Dir(c.dir), now)
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return nil
	}
	return c
}

// cache is the cache of this process, nil if there is none.
func (b *builder) cache() *fileCache {
	root, err := os.UserCacheDir()
	if err != nil {
		return nil
	}
	executable, err := os.Executable()
	if err != nil {
		return nil
	}
	return openCache(root, executable, time.Now())
}

// trim removes entries of any program's that have not been used for long.
func trim(dir string, now time.Time) {
	mark := filepath.Join(dir, "trimmed")
	if info, err := os.Stat(mark); err == nil && now.Sub(info.ModTime()) < between {
		return
	}
	if err := os.WriteFile(mark, nil, 0o644); err != nil {
		return
	}
	os.Chtimes(mark, now, now)
	folders, _ := filepath.Glob(filepath.Join(dir, "*", ""))
	for _, folder := range folders {
		files, _ := filepath.Glob(filepath.Join(folder, "*"))
		for _, file := range files {
			if info, err := os.Stat(file); err == nil && now.Sub(info.ModTime()) > unused {
				os.Remove(file)
			}
		}
		if info, err := os.Stat(folder); err == nil && info.IsDir() {
			os.Remove(folder) // if it is empty
		}
	}
}

// Get implements [instrument.Cache].
func (c *fileCache) Get(key string) (data []byte, ok bool) {
	name := filepath.Join(c.dir, key)
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, false
	}
	if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > between {
		now := time.Now()
		os.Chtimes(name, now, now)
	}
	return data, true
}

// Put implements [instrument.Cache].
func (c *fileCache) Put(key string, data []byte) {
	f, err := os.CreateTemp(c.dir, "new")
	if err != nil {
		return
	}
	_, err = f.Write(data)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(c.dir, key))
	}
	if err != nil {
		os.Remove(f.Name())
	}
}
