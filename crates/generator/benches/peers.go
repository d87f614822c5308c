// How long Go takes for a password of 20 characters, in nanoseconds.
package main

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"sort"
	"strings"
	"time"
)

// As in the default request: 88 characters, 19 of the symbols count.
const (
	length   = 20
	lower    = "abcdefghijklmnopqrstuvwxyz"
	upper    = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits   = "0123456789"
	counted  = "!@#$%^&*(),.?:{}|<>"
	alphabet = lower + upper + digits + counted + "_+-=[];"
)

func untilAllClasses() string {
	size := big.NewInt(int64(len(alphabet)))
	for {
		var password strings.Builder
		for i := 0; i < length; i++ {
			index, err := rand.Int(rand.Reader, size)
			if err != nil {
				panic(err)
			}
			password.WriteByte(alphabet[index.Int64()])
		}
		text := password.String()
		if strings.ContainsAny(text, lower) && strings.ContainsAny(text, upper) &&
			strings.ContainsAny(text, digits) && strings.ContainsAny(text, counted) {
			return text
		}
	}
}

// The median of batches that are so short that most are not interrupted.
func median(batches, size int) int64 {
	times := make([]int64, batches)
	for batch := range times {
		start := time.Now()
		for made := 0; made < size; made++ {
			untilAllClasses()
		}
		times[batch] = time.Since(start).Nanoseconds() / int64(size)
	}
	sort.Slice(times, func(one, other int) bool { return times[one] < times[other] })
	return times[batches/2]
}

func main() {
	fmt.Printf("Go, crypto/rand until all classes\t%d\n", median(200, 50))
}
