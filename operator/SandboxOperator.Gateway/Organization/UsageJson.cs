using System.Text.Json;
using SandboxOperator.Gateway.Http;

namespace SandboxOperator.Gateway.Organization;

/// <summary>A page of buckets as answers show it.</summary>
internal static class UsageJson
{
    /// <param name="query">What was asked for.</param>
    /// <param name="results">The results by their buckets' starts, each bucket's in order.</param>
    /// <param name="write">Writes the members of a result.</param>
    public static JsonAnswer Page<T>(UsageQuery query, ILookup<long, T> results, Action<Utf8JsonWriter, T> write) =>
        new(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("object", "page");
            writer.WriteStartArray("data");
            for (var start = query.Page.FromMs; start < query.Page.ToMs; start += query.Page.WidthMs)
            {
                writer.WriteStartObject();
                writer.WriteString("object", "bucket");
                writer.WriteSeconds("start_time", start);
                writer.WriteSeconds("end_time", start + query.Page.WidthMs);
                writer.WriteStartArray("results");
                foreach (var result in results[start])
                {
                    writer.WriteStartObject();
                    write(writer, result);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteBoolean("has_more", query.NextPage is not null);
            writer.WriteString("next_page", query.NextPage);
            writer.WriteEndObject();
        });
}
