// The tour in Go: what a program does with the generated client, against GOCHRON_URL with GOCHRON_TOKEN.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"time"

	"github.com/oapi-codegen/nullable"
	"gochron.example/client/gochron"
	"gochron.example/client/webhook"
)

type delivery struct {
	header http.Header
	body   []byte
}

type tour struct {
	ctx    context.Context
	mark   string
	client *gochron.ClientWithResponses
}

func main() {
	bearer := func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+os.Getenv("GOCHRON_TOKEN"))
		return nil
	}
	client, err := gochron.NewClientWithResponses(os.Getenv("GOCHRON_URL"), gochron.WithRequestEditorFn(bearer))
	check(err)
	t := tour{context.Background(), os.Getenv("TOUR_MARK"), client}
	t.webhooks()
	made := t.created()
	t.listed(made)
	t.patched(made[0])
	t.refused()
	t.deleted(made)
	fmt.Println("the tour is done")
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func expect(holds bool, what string, got any) {
	if !holds {
		panic(fmt.Sprintf("%s: %+v", what, got))
	}
}

func pointer[T any](x T) *T { return &x }

func (t tour) webhooks() {
	received := make(chan delivery, 1)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		check(err)
		received <- delivery{r.Header, body}
		w.WriteHeader(http.StatusNoContent)
	}))
	defer receiver.Close()
	var input gochron.ChannelInput
	check(input.FromWebhookChannelInput(gochron.WebhookChannelInput{
		Name: t.mark, Type: gochron.WebhookChannelInputTypeWebhook, Webhook: gochron.WebhookTargetInput{Url: receiver.URL}}))
	answer, err := t.client.CreateChannelWithResponse(t.ctx, nil, input)
	check(err)
	expect(answer.JSON201 != nil, "a channel is made", string(answer.Body))
	channel, err := answer.JSON201.AsWebhookChannel()
	check(err)
	secret := channel.Secret.MustGet().Value.MustGet()
	tested, err := t.client.TestChannelWithResponse(t.ctx, channel.Id, nil)
	check(err)
	expect(tested.JSON200 != nil && tested.JSON200.Error.IsNull(), "a sample is delivered", string(tested.Body))
	got := <-received
	expect(webhook.Verify(secret, got.header, got.body, 5*time.Minute), "it is gochron's", got)
	expect(!webhook.Verify(secret, got.header, append(got.body, ' '), 5*time.Minute), "what was changed is not", got)
	gone, err := t.client.DeleteChannelWithResponse(t.ctx, channel.Id, nil)
	check(err)
	expect(gone.StatusCode() == http.StatusNoContent, "the channel goes", gone.Status())
}

func (t tour) input(number int) gochron.MonitorInput {
	var input gochron.MonitorInput
	check(input.FromHttpMonitorInput(gochron.HttpMonitorInput{
		Name: fmt.Sprint(t.mark, " ", number), Type: gochron.HttpMonitorInputTypeHttp, Paused: pointer(true),
		Tags: pointer([]string{"tour"}), Description: nullable.NewNullableWithValue("made by a tour"),
		Http: gochron.HttpCheckInput{Url: "https://shop.example/health"}}))
	return input
}

func (t tour) created() []gochron.HttpMonitor {
	var made []gochron.HttpMonitor
	for number := range 5 {
		params := &gochron.CreateMonitorParams{IdempotencyKey: pointer(fmt.Sprint(t.mark, "-", number))}
		var ids []string
		for range 2 {
			answer, err := t.client.CreateMonitorWithResponse(t.ctx, params, t.input(number))
			check(err)
			expect(answer.JSON201 != nil, "a monitor is made", string(answer.Body))
			one, err := answer.JSON201.AsHttpMonitor()
			check(err)
			ids = append(ids, one.Id)
			if len(ids) == 1 {
				made = append(made, one)
			}
		}
		expect(ids[0] == ids[1], "a request that is repeated has no second effect", ids)
	}
	return made
}

func (t tour) listed(made []gochron.HttpMonitor) {
	var seen, wanted []string
	for _, x := range made {
		wanted = append(wanted, x.Id)
	}
	params := gochron.ListMonitorsParams{Q: &t.mark, Limit: pointer(2)}
	for {
		answer, err := t.client.ListMonitorsWithResponse(t.ctx, &params)
		check(err)
		expect(answer.JSON200 != nil && len(answer.JSON200.Data) <= 2, "a page", string(answer.Body))
		for _, x := range answer.JSON200.Data {
			one, err := x.ValueByDiscriminator()
			check(err)
			seen = append(seen, one.(gochron.HttpMonitor).Id)
		}
		next, err := answer.JSON200.NextCursor.Get()
		if err != nil {
			break
		}
		params.Cursor = &next
	}
	expect(slices.Equal(seen, wanted), "all of them in their order", seen)
	some, err := t.client.ListMonitorsWithResponse(t.ctx, &gochron.ListMonitorsParams{
		Ids: &[]string{wanted[1], wanted[3]}, Type: &[]gochron.MonitorType{gochron.MonitorTypeHttp, gochron.MonitorTypeTcp},
		UpdatedSince: &made[0].UpdatedAt})
	check(err)
	expect(some.JSON200 != nil && len(some.JSON200.Data) == 2, "those that were asked for", string(some.Body))
}

func (t tour) patched(monitor gochron.HttpMonitor) {
	now, err := t.client.GetMonitorWithResponse(t.ctx, monitor.Id, nil)
	check(err)
	etag := now.HTTPResponse.Header.Get("ETag")
	ends := time.Now().UTC().Truncate(time.Millisecond).Add(time.Hour)
	patch := gochron.MonitorPatch{Name: pointer(t.mark + " patched"), Description: nullable.NewNullNullable[string](),
		ExpiresAt: nullable.NewNullableWithValue(ends)}
	params := &gochron.UpdateMonitorParams{IfMatch: &etag}
	answer, err := t.client.UpdateMonitorWithApplicationMergePatchPlusJSONBodyWithResponse(t.ctx, monitor.Id, params, patch)
	check(err)
	expect(answer.JSON200 != nil, "it is patched", string(answer.Body))
	after, err := answer.JSON200.AsHttpMonitor()
	check(err)
	expect(after.Name == *patch.Name && after.Description.IsNull() && after.ExpiresAt.MustGet().Equal(ends), "as it was said", after)
	expect(after.IntervalSeconds == monitor.IntervalSeconds, "what was not named stays", after)
	stale, err := t.client.UpdateMonitorWithApplicationMergePatchPlusJSONBodyWithResponse(t.ctx, monitor.Id, params, patch)
	check(err)
	expect(stale.ApplicationproblemJSON412 != nil, "412 for an older version", string(stale.Body))
}

func (t tour) refused() {
	var input gochron.MonitorInput
	check(input.FromHttpMonitorInput(gochron.HttpMonitorInput{
		Name: t.mark, Type: gochron.HttpMonitorInputTypeHttp, IntervalSeconds: pointer(0), TimeoutMs: pointer(1),
		Http: gochron.HttpCheckInput{Url: "https://shop.example/health"}}))
	answer, err := t.client.CreateMonitorWithResponse(t.ctx, nil, input)
	check(err)
	problem := answer.ApplicationproblemJSON422
	expect(problem != nil && len(problem.Errors) == 2, "both rules are named", string(answer.Body))
}

func (t tour) deleted(made []gochron.HttpMonitor) {
	for _, x := range made {
		gone, err := t.client.DeleteMonitorWithResponse(t.ctx, x.Id, nil)
		check(err)
		expect(gone.StatusCode() == http.StatusNoContent, "it goes", gone.Status())
	}
	gone, err := t.client.GetMonitorWithResponse(t.ctx, made[0].Id, nil)
	check(err)
	expect(gone.ApplicationproblemJSON404 != nil && gone.ApplicationproblemJSON404.Code == "not_found", "it is gone", string(gone.Body))
}
