using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Tests.Hosting;

namespace SandboxOperator.Gateway.Tests.Ledger;

/// <summary>Reads what a gateway has charged, as finance does.</summary>
internal static class Bill
{
    /// <summary>Sessions of all time that were charged.</summary>
    public static async Task<long> SessionsAsync(TestGateway gateway) =>
        (await ResultsAsync(gateway, "usage/code_interpreter_sessions")).Sum(result => (long)result["num_sessions"]!);

    /// <summary>Dollars of all time.</summary>
    public static async Task<decimal> DollarsAsync(TestGateway gateway) =>
        (await ResultsAsync(gateway, "costs")).Sum(result => (decimal?)result["amount"]!["value"] ?? 0);

    /// <summary>The results of every bucket from 2026 to 2027.</summary>
    /// <param name="gateway">The gateway.</param>
    /// <param name="kind">Below <c>/v1/organization</c>.</param>
    /// <param name="query">Further parameters.</param>
    public static async Task<IReadOnlyList<JsonObject>> ResultsAsync(
        TestGateway gateway,
        string kind,
        string query = ""
    )
    {
        var results = new List<JsonObject>();
        for (string? page = null; ; )
        {
            var answer = await gateway.GetAsync(
                $"/v1/organization/{kind}?start_time=1767225600&end_time=1830297600&limit=31{query}"
                    + (page is null ? "" : $"&page={page}")
            );
            results.AddRange(
                answer["data"]!.AsArray().SelectMany(bucket => bucket!["results"]!.AsArray()).Select(r => r!.AsObject())
            );
            page = (string?)answer["next_page"];
            if (page is null)
            {
                return results;
            }
        }
    }
}
