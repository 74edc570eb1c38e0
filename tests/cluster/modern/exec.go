package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"

	"k8s.io/apiserver/pkg/util/proxy"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/cert"
	"k8s.io/streaming/pkg/httpstream/wsstream"
)

// serveExec stands before an older API server and translates version 5 of the exec protocol, on WebSockets, to what that
// server speaks. Everything else it passes on.
func serveExec(ctx context.Context, kubeconfig, upstreamKubeconfig string) error {
	// 1. The server behind.
	upstream, err := clientcmd.BuildConfigFromFlags("", upstreamKubeconfig)
	if err != nil {
		return err
	}
	upstream.NextProtos = []string{"http/1.1"} // the only one that can be upgraded
	address, err := url.Parse(upstream.Host)
	if err != nil {
		return err
	}
	transport, err := rest.TransportFor(upstream)
	if err != nil {
		return err
	}

	// 2. Ourselves.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	certificate, key, err := cert.GenerateSelfSignedCertKey("127.0.0.1", nil, nil)
	if err != nil {
		return err
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return err
	}
	token := rand.Text()
	server := http.Server{
		Handler:      authenticate(token, translate(address, transport)),
		TLSConfig:    &tls.Config{Certificates: []tls.Certificate{pair}},
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){}, // WebSockets begin as HTTP/1.1
	}
	client := &rest.Config{Host: "https://" + listener.Addr().String(), BearerToken: token}
	client.CAData = certificate
	if err := writeKubeconfig(kubeconfig, client); err != nil {
		return err
	}

	// 3. Until it is told to end.
	context.AfterFunc(ctx, func() { server.Close() })
	if err := server.ServeTLS(listener, "", ""); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// authenticate lets in who has the token, and takes it away from what goes on.
func authenticate(token string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if subtle.ConstantTimeCompare([]byte(req.Header.Get("Authorization")), []byte("Bearer "+token)) != 1 {
			http.Error(w, "not the token of the kubeconfig", http.StatusUnauthorized)
			return
		}
		req.Header.Del("Authorization")
		next.ServeHTTP(w, req)
	})
}

// translate does as the handler of pods/exec has done since Kubernetes 1.30.
func translate(server *url.URL, transport http.RoundTripper) http.Handler {
	whole := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(server) },
		Transport:     transport,
		FlushInterval: -1,
	}
	translated := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		location := *server
		location.Path, location.RawQuery = req.URL.Path, req.URL.RawQuery
		asked := func(stream string) bool { return req.URL.Query().Get(stream) == "true" }
		streams := proxy.Options{Stdin: asked("stdin"), Stdout: asked("stdout"), Stderr: asked("stderr"), Tty: asked("tty")}
		proxy.NewStreamTranslatorHandler(&location, transport, 0, streams).ServeHTTP(w, req)
	})
	return proxy.NewTranslatingHandler(whole, translated, func(req *http.Request) bool {
		return strings.HasSuffix(req.URL.Path, "/exec") && wsstream.IsWebSocketRequestWithStreamCloseProtocol(req)
	})
}
