package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"time"
)

var (
	// What Apple's push certificates for MDM are known by.
	pushExtension = asn1.ObjectIdentifier{1, 2, 840, 113635, 100, 6, 3, 2}
	userID        = asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 1}
	commonName    = asn1.ObjectIdentifier{2, 5, 4, 3}
	country       = asn1.ObjectIdentifier{2, 5, 4, 6}
)

func certificate(o options, now time.Time, key *rsa.PrivateKey) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          serial,
		NotBefore:             now.Add(time.Duration(o.notBefore)),
		NotAfter:              now.Add(time.Duration(o.notAfter)),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
	}
	if o.topic == "" {
		template.Subject = pkix.Name{CommonName: o.commonName}
	} else {
		id, err := uuid()
		if err != nil {
			return nil, err
		}
		template.RawSubject, err = subject(
			attribute{userID, asn1.TagUTF8String, o.topic},
			attribute{commonName, asn1.TagUTF8String, "APSP:" + id},
			attribute{country, asn1.TagPrintableString, "US"})
		if err != nil {
			return nil, err
		}
		template.ExtraExtensions = []pkix.Extension{{Id: pushExtension, Value: asn1.NullBytes}}
	}
	authority, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	issuer := &x509.Certificate{Subject: pkix.Name{
		CommonName: "Demo Application Integration Certification Authority", Organization: []string{"lapsewatch demo"}, Country: []string{"US"},
	}}
	return x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), authority)
}

type attribute struct {
	id    asn1.ObjectIdentifier
	tag   int
	value string
}

// A name in this order, one attribute a step.
func subject(attributes ...attribute) ([]byte, error) {
	type typeAndValue struct {
		Type  asn1.ObjectIdentifier
		Value asn1.RawValue
	}
	var name []asn1.RawValue
	for _, a := range attributes {
		pair, err := asn1.Marshal(typeAndValue{a.id, asn1.RawValue{Tag: a.tag, Bytes: []byte(a.value)}})
		if err != nil {
			return nil, err
		}
		name = append(name, asn1.RawValue{Tag: asn1.TagSet, IsCompound: true, Bytes: pair})
	}
	return asn1.Marshal(name)
}

func uuid() (string, error) {
	b := make([]byte, 16)
	if _, err := rand.Read(b); err != nil {
		return "", err
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]), nil
}

func keyFor(file string) (*rsa.PrivateKey, error) {
	if file == "" {
		return rsa.GenerateKey(rand.Reader, 2048)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New(file + " holds no PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	private, ok := key.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New(file + " holds no RSA key")
	}
	return private, nil
}

func writeKey(path string, key *rsa.PrivateKey) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return writePEM(path, "PRIVATE KEY", der)
}

func writePEM(path, kind string, der []byte) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
