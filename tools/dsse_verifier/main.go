// Verifies a DSSE envelope with the implementation of its authors: `dsse_verifier ENVELOPE PUBLIC-KEY...`.
//
// It prints the payload and ends with 0 where each of the keys (PEM, PKIX) signed the envelope, else with 1.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"github.com/secure-systems-lab/go-securesystemslib/signerverifier"
)

func main() {
	payload, err := verified(os.Args[1], os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Stdout.Write(payload)
}

func verified(file string, keys []string) ([]byte, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var envelope dsse.Envelope
	if err := json.Unmarshal(content, &envelope); err != nil {
		return nil, err
	}
	var verifiers []dsse.Verifier
	for _, name := range keys {
		one, err := verifier(name)
		if err != nil {
			return nil, err
		}
		verifiers = append(verifiers, one)
	}
	all, err := dsse.NewMultiEnvelopeVerifier(len(verifiers), verifiers...)
	if err != nil {
		return nil, err
	}
	_, payload, err := all.VerifyAndDecode(context.Background(), &envelope)
	return payload, err
}

func verifier(name string) (dsse.Verifier, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	key, err := signerverifier.LoadKey(content)
	if err != nil {
		return nil, err
	}
	switch key.KeyType {
	case signerverifier.ED25519KeyType:
		return signerverifier.NewED25519SignerVerifierFromSSLibKey(key)
	case signerverifier.ECDSAKeyType:
		return signerverifier.NewECDSASignerVerifierFromSSLibKey(key)
	}
	return nil, fmt.Errorf("%s holds a key of type %s", name, key.KeyType)
}
