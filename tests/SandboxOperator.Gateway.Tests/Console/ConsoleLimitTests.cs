using System.Net;
using System.Net.ServerSentEvents;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using SandboxOperator.Gateway.Console.Access;
using SandboxOperator.Gateway.Console.Runs;
using SandboxOperator.Gateway.RunLoop;
using SandboxOperator.Gateway.Store.Entities;
using SandboxOperator.Gateway.Tests.Hosting;
using SandboxOperator.Gateway.Tests.RunLoop;
using SandboxOperator.Sandboxes;

namespace SandboxOperator.Gateway.Tests.Console;

/// <summary>What one viewer does leaves the console to the others.</summary>
public sealed class ConsoleLimitTests
{
    private static readonly string[] Keys =
    [
        "Keys:0:Key=alpha-key",
        "Keys:0:Project=alpha",
        "Keys:1:Key=admin-key",
        "Keys:1:Role=admin",
    ];

    [Fact]
    public async Task A_project_that_follows_all_it_may_leaves_places_to_others_and_starts_no_runs_unseen()
    {
        await using var gateway = await TestGateway.StartAsync(null, null, Keys);
        await ConsoleRows.AddAsync(
            gateway.Store,
            [
                .. ConsoleRows.Run(1, status: "requires_action"),
                new AssistantEntity
                {
                    Id = "asst_1",
                    Project = "alpha",
                    Model = "builtin/python",
                },
            ]
        );
        using var alpha = await SignedIn.WithAsync(gateway, "alpha-key");
        using var admin = await SignedIn.WithAsync(gateway, "admin-key");
        var open = new List<HttpResponseMessage>();
        try
        {
            while (open.Count < 150)
            {
                var response = await alpha.OpenAsync("/console/runs/run_1/live");
                open.Add(response);
                if (response.StatusCode != HttpStatusCode.OK)
                {
                    break;
                }
            }

            open.Count.ShouldBe(21);
            open[^1].StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            using var others = await admin.OpenAsync("/console/runs/run_1/live");
            others.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await alpha.AskAsync("asst_1")).ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await gateway.Store.ReadAsync((context, token) => context.Runs.CountAsync(token), default)).ShouldBe(1);
        }
        finally
        {
            open.ForEach(response => response.Dispose());
        }
    }

    [Fact]
    public async Task A_run_that_nobody_works_on_is_read_again_only_when_it_has_changed()
    {
        await using var gateway = await TestGateway.StartAsync(
            null,
            builder =>
            {
                var keeper = builder.Services.Single(service => service.ImplementationType == typeof(LeaseKeeper));
                builder.Services.Remove(keeper);
            }
        );
        await ConsoleRows.AddAsync(gateway.Store, ConsoleRows.Run(1, "default", status: "requires_action"));
        using var response = await gateway.Client.GetAsync(
            "/console/runs/run_1/live",
            HttpCompletionOption.ResponseHeadersRead
        );
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

        // 1. All that there is.
        await UntilAsync(reader, line => line == ": keep-alive");

        // 2. Nothing that says that something has changed: only who reads it all would see it.
        await SetAsync(
            gateway,
            run =>
                run.SetProperty(row => row.LastErrorMessage, "unseen").SetProperty(row => row.LastErrorCode, "unseen")
        );
        for (var polls = 0; polls < 3; polls++)
        {
            (await UntilAsync(reader, line => line == ": keep-alive")).ShouldNotContain("unseen");
        }

        // 3. The end.
        await SetAsync(gateway, run => run.SetProperty(row => row.Status, "failed"));
        (await UntilAsync(reader, line => line == "event: end")).ShouldContain("unseen");
    }

    [Fact]
    public async Task Who_signs_in_often_is_not_kept_out_and_who_guesses_is()
    {
        // Its minute does not pass.
        static void Stand(WebApplicationBuilder builder) =>
            builder.Services.AddSingleton(new SignInLimiter(new FakeTimeProvider()));
        await using var gateway = await TestGateway.StartAsync(null, Stand, Keys);
        using var visitor = SignedIn.Visit(gateway);
        for (var time = 0; time < 12; time++)
        {
            using var response = await visitor.TryAsync("alpha-key");
            response.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        }

        var answers = new List<HttpStatusCode>();
        for (var time = 0; time < 11; time++)
        {
            using var response = await visitor.TryAsync("guess");
            answers.Add(response.StatusCode);
        }

        answers.Take(10).ShouldAllBe(status => status == HttpStatusCode.Unauthorized);
        answers[^1].ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task A_picture_is_asked_for_again_with_the_sign_in()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var form = new MultipartFormDataContent
        {
            { new StringContent("vision"), "purpose" },
            { new ByteArrayContent([0x89, .. "PNG\r\n\u001a\n"u8.ToArray(), .. new byte[32]]), "file", "x.png" },
        };
        var id = (string)(await gateway.SendAsync(HttpMethod.Post, "/v1/files", form, 200))["id"]!;

        using var response = await gateway.Client.GetAsync($"/console/pictures/{id}");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/console/pictures/{id}");
        request.Headers.TryAddWithoutValidation("If-None-Match", response.Headers.ETag?.ToString());
        using var again = await gateway.Client.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.CacheControl!.NoCache.ShouldBeTrue();
        response.Headers.CacheControl.MaxAge.ShouldBeNull();
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task An_assistant_is_called_what_its_own_project_calls_it()
    {
        await using var rows = await ConsoleRows.OpenAsync();
        await ConsoleRows.AddAsync(
            rows.Store,
            [
                Assistant("beta", "Of another project"),
                Assistant("alpha", "Its own"),
                .. ConsoleRows.Run(1),
                .. ConsoleRows.Run(2, "gamma"),
            ]
        );

        var page = await new RunLister(rows.Store, TimeProvider.System).ListAsync(
            new Viewer("default", IsAdmin: true, SignedIn: true, null, "", 0),
            new RunFilter(null, null, null, null, null, null, null),
            CancellationToken.None
        );

        page.Rows.Select(row => row.AssistantName).ShouldBe([null, "Its own"]);
    }

    [Fact]
    public async Task Few_searches_go_on_at_the_same_time()
    {
        await using var rows = await ConsoleRows.OpenAsync();
        await ConsoleRows.AddAsync(rows.Store, ConsoleRows.Run(1));
        var store = new HeldStore(rows.Store);
        var lister = new RunLister(store, TimeProvider.System);
        var searches = ((string[])["a", "a", "a", "b", "b", "c"]).Select(project => Search(project, "print")).ToList();

        var list = Search("a", null);
        await WaitFor.TrueAsync(() => searches.Count(search => search.IsCompleted) == 2);
        store.Go();
        (await Task.WhenAll(searches)).Select(page => page.IsBusy).ShouldBe([false, false, true, false, false, true]);
        (await list).IsBusy.ShouldBeFalse();
        (await Search("c", "print")).IsBusy.ShouldBeFalse();

        Task<RunPageOfRows> Search(string project, string? text) =>
            lister.ListAsync(
                new Viewer(project, IsAdmin: false, SignedIn: true, null, "", 0),
                new RunFilter(null, null, null, null, null, text, null),
                CancellationToken.None
            );
    }

    [Fact]
    public async Task Of_many_sessions_those_that_were_used_last_are_shown()
    {
        var sandboxes = new FakeSandboxes();
        for (var number = 0; number < 203; number++)
        {
            await sandboxes.OpenAsync(new SessionKey("default", $"thread_{number}", 1), CancellationToken.None);
        }

        await using var gateway = await TestGateway.StartAsync(
            null,
            builder => builder.Services.AddSingleton<ISandboxes>(sandboxes)
        );

        var page = await gateway.Client.GetStringAsync("/console/sessions");

        Regex.Count(page, "<form method=\"post\" action=\"/console/sessions/").ShouldBe(200);
        page.ShouldContain("200 sessions that were used last, of 203");
    }

    private static AssistantEntity Assistant(string project, string name) =>
        new()
        {
            Id = "asst_1",
            Project = project,
            Model = "gpt-4o",
            Name = name,
        };

    private static Task SetAsync(
        TestGateway gateway,
        Action<Microsoft.EntityFrameworkCore.Query.UpdateSettersBuilder<RunEntity>> set
    ) => gateway.Store.WriteAsync((context, token) => context.Runs.ExecuteUpdateAsync(set, token), default);

    /// <summary>All lines up to one.</summary>
    private static async Task<string> UntilAsync(StreamReader reader, Func<string, bool> found)
    {
        var lines = new List<string>();
        while (true)
        {
            var line = await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));
            line.ShouldNotBeNull();
            lines.Add(line);
            if (found(line))
            {
                return string.Join('\n', lines);
            }
        }
    }
}
