/* The catalogue of single races: one scenario for each, so narrow that it is what can be found there. Which
 * versions have it stands in catalogue.json. */
