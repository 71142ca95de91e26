// The same from Go: go run . <nats url> <user> <password> <inbox prefix> <organization slug> [order id] [amount]
//
// Publishes plain JSON, recognised by its Nats-Msg-Id, and waits for the receipt of the stream. The same id again starts
// nothing. The id starts with the organization: message ids are the server's, across organizations, for 100 ms.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"

	"github.com/nats-io/nats.go"
)

func main() {
	arguments := append(os.Args[1:], "A-2001", "120")
	if len(os.Args) < 6 {
		log.Fatal("usage: publish <nats url> <user> <password> <inbox prefix> <organization slug> [order id] [amount]")
	}
	url, user, password, inboxPrefix, slug := arguments[0], arguments[1], arguments[2], arguments[3], arguments[4]
	orderID, amountText := arguments[5], arguments[6]
	if len(os.Args) == 7 {
		amountText = "120"
	}
	amount, err := strconv.ParseFloat(amountText, 64)
	if err != nil {
		log.Fatal(err)
	}

	connection, err := nats.Connect(url, nats.UserInfo(user, password), nats.CustomInboxPrefix(inboxPrefix))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	stream, err := connection.JetStream()
	if err != nil {
		log.Fatal(err)
	}

	body, err := json.Marshal(map[string]any{"orderId": orderID, "amount": amount})
	if err != nil {
		log.Fatal(err)
	}
	receipt, err := stream.Publish("events."+slug+".orders.created", body, nats.MsgId(slug+"-"+orderID))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("kept as number %d of stream %s\n", receipt.Sequence, receipt.Stream)
}
