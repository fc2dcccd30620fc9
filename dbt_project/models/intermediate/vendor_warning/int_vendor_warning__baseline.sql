{#- Of fewer documents a month the threshold is that of so many: no single one shall be an alert. -#}
{% set fewest_documents, most_strength = 2, 5 -%}
-- What is usual for a vendor in a month, and from where on it is a shift. Usual is what its past says, drawn towards the vendor's
-- category by as little as it says; a bad past is usual only up to what the category's worst twentieth shows.
with rules as (
    {{ valid_vendor_rule() }}
),

pasts as (
    select * from {{ ref('int_vendor_warning__past') }}
),

priors as (
    select * from {{ ref('int_vendor_warning__prior') }}
),

drawn as (
    select
        pasts.rule_id,
        pasts.vendor_key,
        pasts.month,
        pasts.events as past_events,
        coalesce(priors.mean, rules.prior_share) as prior_share,
        -- a fifth to five times the rule's own: no vendor is lost in its category, and none stands without it
        case
            when priors.mean is null then rules.prior_strength
            else least(
                greatest(
                    coalesce(priors.strength, rules.prior_strength * {{ most_strength }}), rules.prior_strength / {{ most_strength }}
                ),
                rules.prior_strength * {{ most_strength }}
            )
        end as prior_strength,
        greatest(
            case
                when pasts.past_months > 0 then pasts.documents / pasts.past_months
                else coalesce(priors.documents_per_month, {{ fewest_documents }})
            end,
            {{ fewest_documents }}
        ) as documents_per_month,
        rules.share_floor,
        rules.usual_swing_logit,
        rules.shift_factor,
        rules.shift_share,
        rules.threshold_base,
        rules.threshold_per_log_document,
        rules.watch_margin,
        rules.recovery_threshold,
        rules.retell_days,
        rules.lapse_days,
        pasts.bad
    from pasts
    inner join rules on pasts.rule_id = rules.rule_id
    left join priors
        on pasts.rule_id = priors.rule_id and pasts.month = priors.month and pasts.pool = priors.pool
),

usual as (
    select
        *,
        round(
            least(
                greatest((prior_share * prior_strength + bad) / (prior_strength + past_events), share_floor),
                greatest(
                    -- 1.645 standard deviations of the prior: its worst twentieth, where it is near a normal curve
                    prior_share + 1.645 * sqrt(prior_share * (1 - prior_share) / (prior_strength + 1)), share_floor
                )
            ), 9
        ) as usual_share
    from drawn
),

tolerated as (
    select
        *,
        1 / (1 + (1 - usual_share) / usual_share * exp(-usual_swing_logit)) as tolerated_share
    from usual
)

select
    rule_id,
    vendor_key,
    month,
    past_events,
    documents_per_month,
    prior_share,
    prior_strength,
    usual_share,
    tolerated_share,
    round(least(tolerated_share * shift_factor + shift_share, 0.97), 9) as shifted_share,
    threshold_base + threshold_per_log_document * ln(documents_per_month) as alert_threshold,
    threshold_base + threshold_per_log_document * ln(documents_per_month) - watch_margin as watch_threshold,
    recovery_threshold,
    retell_days,
    lapse_days
from tolerated
