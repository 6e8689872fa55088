// What Go's standard library gives for a gateway: a reverse proxy to one upstream, which keeps as many idle connections
// as there may be clients. Usage: proxy PORT UPSTREAM-PORT
package main

import (
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
)

func main() {
	upstream, err := url.Parse("http://127.0.0.1:" + os.Args[2])
	if err != nil {
		log.Fatal(err)
	}

	proxy := httputil.NewSingleHostReverseProxy(upstream)
	proxy.Transport = &http.Transport{MaxIdleConnsPerHost: 1024, DisableCompression: true}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], proxy))
}
