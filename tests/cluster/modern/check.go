package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
	binary "k8s.io/component-base/version"
)

// check reads objects of Kubernetes' own kinds as a present server does when it is asked to be strict: no field that it
// does not know, no version that it serves no more. Values are not looked at.
func check(input io.Reader) error {
	if err := apiextensions.AddToScheme(scheme.Scheme); err != nil {
		return err
	}
	strict := json.NewSerializerWithOptions(json.DefaultMetaFactory, scheme.Scheme, scheme.Scheme,
		json.SerializerOptions{Yaml: true, Strict: true})
	present := version.MustParse(binary.DefaultKubeBinaryVersion)
	documents := yaml.NewYAMLReader(bufio.NewReader(input))
	var problems []error
	for count := 0; ; count++ {
		text, err := documents.Read()
		if errors.Is(err, io.EOF) && count == 0 {
			return errors.New("no object was given")
		}
		if errors.Is(err, io.EOF) {
			return errors.Join(problems...)
		}
		if err != nil {
			return err
		}
		object, kind, err := strict.Decode(text, nil, nil)
		if err != nil {
			problems = append(problems, fmt.Errorf("%v: %w", kind, err))
			continue
		}
		if removed, ok := object.(interface{ APILifecycleRemoved() (int, int) }); ok {
			if major, minor := removed.APILifecycleRemoved(); present.AtLeast(version.MajorMinor(uint(major), uint(minor))) {
				problems = append(problems, fmt.Errorf("%v is served no more since %d.%d", kind, major, minor))
			}
		}
	}
}
