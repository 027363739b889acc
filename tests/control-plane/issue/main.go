// issue-credentials makes an RSA key and a certificate for it, as PEM files,
// with a validity relative to now: credentials for tests and the demo. Nobody
// trusts them.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const usage = `usage: issue-credentials --out FOLDER (--topic TOPIC | --common-name NAME) [options]
       issue-credentials --date OFFSET

Writes FOLDER/NAME.pem and FOLDER/NAME.key: an RSA-2048 key in PKCS#8, and a
certificate. Offsets are from now, such as -345d, +20d or +36h.

`

type options struct {
	out, name, keyFile  string
	topic, commonName   string
	notBefore, notAfter offset
}

func main() {
	o := options{notBefore: offset(-day), notAfter: offset(365 * day)}
	flag.StringVar(&o.out, "out", "", "the folder to write to; made where it does not exist")
	flag.StringVar(&o.name, "name", "push", "the files' name")
	flag.StringVar(&o.keyFile, "key", "", "a key to use again (PEM, PKCS#8), instead of a new one")
	flag.StringVar(&o.topic, "topic", "", "an APNs certificate for MDM, of this topic")
	flag.StringVar(&o.commonName, "common-name", "", "a plain X.509 certificate, of this name")
	flag.Var(&o.notBefore, "not-before", "the first moment of its validity")
	flag.Var(&o.notAfter, "not-after", "the last moment of its validity")
	var date offset
	flag.Var(&date, "date", "write no files: print this moment, as RFC 3339 in UTC")
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), usage)
		flag.PrintDefaults()
	}
	flag.Parse()
	err := errors.New("there is a word too many: " + flag.Arg(0))
	if flag.NArg() == 0 {
		err = run(o, date)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "issue-credentials:", err)
		os.Exit(1)
	}
}

func run(o options, date offset) error {
	now := time.Now().UTC().Truncate(time.Second)
	if date != 0 {
		fmt.Println(now.Add(time.Duration(date)).Format(time.RFC3339))
		return nil
	}
	if o.out == "" {
		return errors.New("--out names the folder to write to")
	}
	if (o.topic == "") == (o.commonName == "") {
		return errors.New("either --topic (an APNs certificate) or --common-name (a plain one) is needed")
	}
	if o.notBefore >= o.notAfter {
		return errors.New("--not-before must be before --not-after")
	}
	key, err := keyFor(o.keyFile)
	if err != nil {
		return err
	}
	der, err := certificate(o, now, key)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.out, 0o700); err != nil {
		return err
	}
	path := filepath.Join(o.out, o.name)
	if err := writePEM(path+".pem", "CERTIFICATE", der); err != nil {
		return err
	}
	return writeKey(path+".key", key)
}

const day = 24 * time.Hour

// A time relative to now.
type offset time.Duration

func (o *offset) String() string { return time.Duration(*o).String() }

func (o *offset) Set(text string) error {
	if days, found := strings.CutSuffix(text, "d"); found {
		n, err := strconv.Atoi(days)
		if err != nil {
			return errors.New("days must be a whole number, as in -345d or +20d")
		}
		*o = offset(time.Duration(n) * day)
		return nil
	}
	duration, err := time.ParseDuration(text)
	if err != nil {
		return errors.New("not an offset, such as -345d, +20d or +36h")
	}
	*o = offset(duration)
	return nil
}
